// ipyaladin's page script with our own layers, drawing and surveys beside it.
// `loadAladin` and `stockWidget` are put before this text by aladin_script.py.
import { startDrawing } from "./draw.js";
import { makeImages } from "./images.js";
import { makeOverlay } from "./overlay.js";
import { makeSurvey, plainSky } from "./survey.js";

const VIEW = new Set(["_target", "_fov", "_rotation", "_fov_xy", "_wcs"]); // what Aladin tells of its view
const QUIET = 250; // ms without a change of size after which a layout is taken as done
const GRID = { enabled: true, color: "#8FA3B8", opacity: 0.35, labelSize: 11, thickness: 1, showLabels: true };

async function initialize({ model }) {
  try {
    await (await loadAladin()).init;
    model.set("trouble", "");
  } catch (error) {
    model.set("trouble", `Aladin Lite could not be started: ${error}`);
    model.set("survey_state", "out of reach");
  }
  model.save_changes();
}

async function render({ model, el }) {
  if (model.get("trouble")) {
    el.textContent = model.get("trouble");
    return undefined;
  }
  const A = await loadAladin();
  const layout = { done: false };
  const { aladin, cleanup } = startStock(A, model, layout, el);
  if (model.get("grid")) aladin.setCooGrid(GRID);
  const stops = [listen(A, aladin, model, el), holdView(aladin, model, layout), cleanup];
  return () => stops.forEach((stop) => stop());
}

/** Run ipyaladin's own view, keep the Aladin it makes, and answer its wish for a survey ourselves. */
function startStock(A, model, layout, el) {
  const make = A.aladin;
  let aladin;
  A.aladin = function keep(div, options) { // called with new
    aladin = make.call(A, div, { ...options, survey: plainSky(A), gridOptions: { ...GRID, enabled: false } });
    const tell = (state) => {
      model.set("survey_state", state);
      model.save_changes();
    };
    aladin.setImageSurvey = makeSurvey(A, aladin, tell);
    return aladin;
  };
  try {
    const cleanup = stockWidget(A).render({ model: asStock(model, layout), el });
    return { aladin, cleanup };
  } finally {
    A.aladin = make;
  }
}

/** The model as ipyaladin may see it: without our messages, and deaf to the view while a layout is under way. */
function asStock(model, layout) {
  const on = (name, act) => model.on(name, name === "msg:custom" ? (said, ...rest) => said.gpnb || act(said, ...rest) : act);
  const set = (name, value) => (VIEW.has(name) && !layout.done ? undefined : model.set(name, value));
  return new Proxy(model, {
    get(target, key) {
      if (key === "on") return on;
      if (key === "set") return set;
      const value = target[key];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function listen(A, aladin, model, el) {
  const overlay = makeOverlay(A, aladin);
  const images = makeImages(aladin);
  let stopDrawing = () => {};
  const acts = {
    image: ({ name, style }, [bytes]) => images.show(name, bytes, style),
    regions: ({ name, regions, style }) => overlay.show(name, { regions, style }),
    points: ({ name, points, labels, style }) => overlay.show(name, { points, labels, style }),
    restyle: ({ name, kind, style }) => (kind === "image" ? images : overlay).restyle(name, style),
    remove: ({ name, kind }) => (kind === "image" ? images : overlay).remove(name),
    look({ target, width }) {
      model.set("_target", target);
      model.set("_fov", width);
      model.save_changes();
      lookAt(aladin, model);
    },
    survey: () => aladin.setImageSurvey(model.get("survey")),
    grid: () => aladin.setCooGrid({ enabled: model.get("grid") }),
    draw: ({ kind }) => {
      stopDrawing();
      stopDrawing = kind ? startDrawing(aladin, aladin.aladinDiv, kind, (shape) => model.send({ gpnb: "drawn", shape })) : () => {};
    },
  };
  const act = (said, buffers) => said.gpnb && acts[said.gpnb](said, buffers);
  const hover = (event) => overlay.hover(event.type === "mouseleave" ? null : [event.offsetX, event.offsetY]);
  model.on("msg:custom", act);
  el.addEventListener("mousemove", hover);
  el.addEventListener("mouseleave", hover);
  return () => {
    stopDrawing();
    model.off("msg:custom", act);
    el.removeEventListener("mousemove", hover);
    el.removeEventListener("mouseleave", hover);
  };
}

function lookAt(aladin, model) {
  aladin.gotoRaDec(...model.get("_target").split(" ").map(Number));
  const { clientWidth, clientHeight } = aladin.aladinDiv;
  aladin.setFoV(Math.max(model.get("_fov"), (model.get("least_height") * clientWidth) / Math.max(clientHeight, 1)));
}

/** Aladin changes its field of view with its size: take back what that did, whenever the size has changed. */
function holdView(aladin, model, layout) {
  const element = aladin.aladinDiv;
  let timer;
  let ready = false;
  const settle = () => {
    lookAt(aladin, model);
    layout.done = true;
    const [x, y] = aladin.getFov();
    model.set("_fov_xy", { x, y });
    model.set("_wcs", aladin.getViewWCS());
    model.save_changes();
    if (!ready) model.send({ gpnb: "ready" });
    ready = true;
  };
  const watch = new ResizeObserver(() => {
    layout.done = false;
    clearTimeout(timer);
    if (element.clientWidth >= 20) timer = setTimeout(settle, QUIET); // else out of sight
  });
  watch.observe(element);
  return () => {
    watch.disconnect();
    clearTimeout(timer);
  };
}

export default { initialize, render };
