// @ts-check
// ipyaladin's page script with our own layers, drawing and surveys beside it.
import { makeRead } from "./card.js";
import { startDrawing } from "./draw.js";
import { makeImages } from "./images.js";
import { makeOverlay } from "./overlay.js";
import { makeSurvey, plainSky } from "./survey.js";

/** @import { Given, Model } from "../kit.js" */
/** @import { Aladin, Library, Pair, Traits } from "./types.d.ts" */

/** @typedef {{ render: (given: Given<Traits>) => () => void }} Stock ipyaladin's own widget */
/** @typedef {{ done: boolean }} Layout Whether the size of the view has come to rest */

const VIEW = new Set(["_target", "_fov", "_rotation", "_fov_xy", "_wcs"]); // what Aladin tells of its view
const QUIET = 250; // ms without a change of size after which a layout is taken as done

/**
 * The sky widget, made of what Python puts together in aladin/script.py.
 * @param {() => Promise<Library>} load Gives Aladin Lite
 * @param {(A: Library) => Stock} stock Makes ipyaladin's widget of it
 */
export function skyWidget(load, stock) {
  return {
    initialize: (/** @type {Given<Traits>} */ { model }) => initialize(load, model),
    render: (/** @type {Given<Traits>} */ { model, el }) => render(load, stock, model, el),
  };
}

/**
 * @param {() => Promise<Library>} load
 * @param {Model<Traits>} model
 */
async function initialize(load, model) {
  try {
    await (await load()).init;
    model.set("trouble", "");
  } catch (error) {
    model.set("trouble", `Aladin Lite could not be started: ${error}`);
    model.set("survey_state", "out of reach");
  }
  model.save_changes();
}

/**
 * @param {() => Promise<Library>} load
 * @param {(A: Library) => Stock} stock
 * @param {Model<Traits>} model
 * @param {HTMLElement} el
 */
async function render(load, stock, model, el) {
  if (model.get("trouble")) {
    el.textContent = model.get("trouble");
    return undefined;
  }
  const A = await load();
  const layout = { done: false };
  const { aladin, cleanup } = startStock(A, stock, model, layout, el);
  const stops = [listen(A, aladin, model, el), holdView(aladin, model, layout), cleanup];
  return () => stops.forEach((stop) => stop());
}

/**
 * Run ipyaladin's own view, keep the Aladin it makes, and answer its wish for a survey ourselves.
 * @param {Library} A
 * @param {(A: Library) => Stock} stock
 * @param {Model<Traits>} model
 * @param {Layout} layout
 * @param {HTMLElement} el
 * @returns {{ aladin: Aladin, cleanup: () => void }}
 */
function startStock(A, stock, model, layout, el) {
  const make = A.aladin;
  /** @type {Aladin[]} */
  const made = [];
  A.aladin = function keep(div, options) { // called with new
    const aladin = make.call(A, div, { ...options, survey: plainSky(A), gridOptions: { enabled: false } });
    aladin.setImageSurvey = makeSurvey(A, aladin, (state) => {
      model.set("survey_state", state);
      model.save_changes();
    });
    made.push(aladin);
    return aladin;
  };
  try {
    const cleanup = stock(A).render({ model: asStock(model, layout), el });
    return { aladin: made[0], cleanup };
  } finally {
    A.aladin = make;
  }
}

/**
 * The model as ipyaladin may see it: without our messages, and deaf to the view while a layout is under way.
 * @param {Model<Traits>} model
 * @param {Layout} layout
 * @returns {Model<Traits>}
 */
function asStock(model, layout) {
  /** @type {typeof model.on} */
  const on = (name, act) => model.on(name, name === "msg:custom" ? (said, ...rest) => said.gpnb || act(said, ...rest) : act);
  /** @type {typeof model.set} */
  const set = (name, value) => (VIEW.has(name) && !layout.done ? undefined : model.set(name, value));
  return new Proxy(model, {
    get(target, key) {
      if (key === "on") return on;
      if (key === "set") return set;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * Do what Python tells.
 * @param {Library} A
 * @param {Aladin} aladin
 * @param {Model<Traits>} model
 * @param {HTMLElement} el
 */
function listen(A, aladin, model, el) {
  const overlay = makeOverlay(A, aladin);
  overlay.grid(model.get("grid"));
  const images = makeImages(aladin), read = makeRead(aladin, model, el);
  let stopDrawing = () => {};
  /** @type {Record<string, (said: any, buffers: DataView<ArrayBuffer>[]) => void>} */
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
    zoom: ({ factor }) => aladin.setFoV(aladin.getFov()[0] / factor),
    survey: () => aladin.setImageSurvey(model.get("survey")),
    told: (told) => read.told(told),
    grid: () => overlay.grid(model.get("grid")),
    draw: ({ kind }) => {
      stopDrawing();
      stopDrawing = kind ? startDrawing(aladin, aladin.aladinDiv, kind, (shape) => model.send({ gpnb: "drawn", shape })) : () => {};
    },
  };
  const act = (/** @type {any} */ said, /** @type {DataView<ArrayBuffer>[]} */ buffers) => said.gpnb && acts[said.gpnb](said, buffers);
  const hover = (/** @type {MouseEvent} */ event) => {
    const place = /** @type {Pair | null} */ (event.type === "mouseleave" ? null : [event.offsetX, event.offsetY]);
    overlay.hover(place);
    read.hover(event.buttons ? null : place);
  };
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

/**
 * @param {Aladin} aladin
 * @param {Model<Traits>} model
 */
function lookAt(aladin, model) {
  const [ra, dec] = model.get("_target").split(" ").map(Number);
  aladin.gotoRaDec(ra, dec);
  const { clientWidth, clientHeight } = aladin.aladinDiv;
  aladin.setFoV(Math.max(model.get("_fov"), (model.get("least_height") * clientWidth) / Math.max(clientHeight, 1)));
}

/**
 * Aladin changes its field of view with its size: take back what that did, whenever the size has changed.
 * @param {Aladin} aladin
 * @param {Model<Traits>} model
 * @param {Layout} layout
 */
function holdView(aladin, model, layout) {
  const element = aladin.aladinDiv;
  let timer = 0;
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
