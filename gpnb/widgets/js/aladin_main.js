// ipyaladin's page script with our own layers, drawing and surveys beside it.
// `loadAladin` and `stockWidget` are put before this text by aladin_script.py.
import { startDrawing } from "./aladin_draw.js";
import { makeImages } from "./aladin_images.js";
import { makeOverlay } from "./aladin_overlay.js";
import { makeSurvey, plainSky } from "./aladin_survey.js";

const GRID = { enabled: true, color: "#8FA3B8", opacity: 0.55, labelSize: 11, thickness: 1, showLabels: true };

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
  const look = { target: model.get("_target"), width: model.get("_fov") };
  const { aladin, cleanup } = startStock(A, model, el);
  if (model.get("grid")) aladin.setCooGrid(GRID);
  const stop = listen(A, aladin, model, el);
  const settled = onceLaidOut(aladin.aladinDiv, () => {
    lookAt(aladin, look);
    model.send({ gpnb: "ready" });
  });
  return () => {
    settled();
    stop();
    cleanup();
  };
}

/** Run ipyaladin's own view, keep the Aladin it makes, and answer its wish for a survey ourselves. */
function startStock(A, model, el) {
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
    const cleanup = stockWidget(A).render({ model: withoutOurs(model), el });
    return { aladin, cleanup };
  } finally {
    A.aladin = make;
  }
}

/** The model as ipyaladin may see it: our messages are unknown to it. */
function withoutOurs(model) {
  return new Proxy(model, {
    get(target, key) {
      if (key === "on") {
        return (name, act) => target.on(name, name === "msg:custom" ? (said, ...rest) => said.gpnb || act(said, ...rest) : act);
      }
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
    look: (look) => lookAt(aladin, look),
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

function lookAt(aladin, { target, width }) {
  aladin.gotoRaDec(...target.split(" ").map(Number));
  aladin.setFoV(width);
}

/** Call once the element has its size and Aladin has followed: before, it changes the field of view by itself. */
function onceLaidOut(element, act) {
  let timer;
  const watch = new ResizeObserver(() => {
    if (element.clientWidth < 20) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      watch.disconnect();
      act();
    }, 250);
  });
  watch.observe(element);
  return () => {
    watch.disconnect();
    clearTimeout(timer);
  };
}

export default { initialize, render };
