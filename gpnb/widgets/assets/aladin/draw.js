// @ts-check
// A shape drawn with the mouse: a pane of glass over the sky takes the events, Aladin only turns pixels into sky.
import { fontOf } from "../font.js";
import { RIM, stroke, write } from "./overlay.js";

/** @import { Aladin, Pair, ShapeKind, SkyShape } from "./types.d.ts" */

const COLOUR = "#56B4E9";
const SMALL = 3; // px: less is a slip, not a shape
const HINTS = {
  circle: "Drag from the centre to the rim. Esc ends.",
  ellipse: "Drag from corner to corner. Esc ends.",
  rectangle: "Drag from corner to corner. Esc ends.",
  polygon: "Click the corners; double click or Enter closes. Esc ends.",
};

/**
 * Start drawing.
 * @param {Aladin} aladin
 * @param {HTMLElement} host
 * @param {ShapeKind} kind
 * @param {(shape: SkyShape | null) => void} done Gets the shape on the sky, or null if it was given up
 * @returns {() => void} What stops it
 */
export function startDrawing(aladin, host, kind, done) {
  const glass = makeGlass(aladin, host);
  /** @type {Pair[]} */
  let points = [];
  let pressed = false;
  const finish = (/** @type {SkyShape | null} */ shape) => {
    glass.remove();
    done(shape);
  };
  const close = () => {
    const corners = distinct(points.slice(0, -1));
    if (corners.length > 2) finish(toSky(aladin, kind, corners));
  };
  const show = () => preview(glass, kind, points);
  /**
   * @template {keyof HTMLElementEventMap} K
   * @param {K} name
   * @param {(event: HTMLElementEventMap[K]) => void} act
   */
  const on = (name, act) => glass.addEventListener(name, (event) => {
    event.preventDefault();
    event.stopPropagation();
    act(event);
    show();
  });

  on("pointerdown", (event) => {
    if (event.button) return; // not the first button
    glass.focus();
    if (kind === "polygon") points = points.length ? [...points, at(event)] : [at(event), at(event)];
    else points = [at(event), at(event)];
    pressed = true;
    glass.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    if (pressed || (kind === "polygon" && points.length)) points[points.length - 1] = at(event);
  });
  on("pointerup", () => {
    pressed = false;
    if (kind === "polygon" || !points.length) return;
    if (Math.hypot(points[1][0] - points[0][0], points[1][1] - points[0][1]) < SMALL) points = [];
    else finish(toSky(aladin, kind, points));
  });
  on("dblclick", () => { if (kind === "polygon") close(); });
  on("keydown", (event) => {
    if (event.key === "Escape") finish(null);
    else if (event.key === "Enter" && kind === "polygon") close();
    else if (event.key === "Backspace" && points.length > 2) points.splice(-2, 1);
  });
  show();
  glass.focus({ preventScroll: true });
  return () => glass.remove();
}

/**
 * @param {MouseEvent} event
 * @returns {Pair}
 */
function at(event) { return [event.offsetX, event.offsetY]; }

/**
 * @param {Aladin} aladin
 * @param {HTMLElement} host
 */
function makeGlass(aladin, host) {
  const [width, height] = aladin.getSize();
  const glass = document.createElement("canvas");
  glass.className = "gpnb-glass";
  glass.tabIndex = 0;
  glass.setAttribute("aria-label", "Draw a region on the sky");
  glass.dataset.lmSuppressShortcuts = "true"; // keys are ours, not JupyterLab's
  glass.width = width * devicePixelRatio;
  glass.height = height * devicePixelRatio;
  glass.style.width = `${width}px`;
  glass.style.height = `${height}px`;
  host.appendChild(glass);
  return glass;
}

/**
 * @param {HTMLCanvasElement} glass
 * @param {ShapeKind} kind
 * @param {Pair[]} points
 */
function preview(glass, kind, points) {
  const context = /** @type {CanvasRenderingContext2D} */ (glass.getContext("2d"));
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, glass.width, glass.height);
  hint(context, HINTS[kind], glass);
  if (points.length < 2) return;
  const path = new Path2D();
  if (kind === "polygon") {
    points.forEach((point) => path.lineTo(...point));
    path.closePath();
  } else {
    const [[x0, y0], [x1, y1]] = points;
    if (kind === "circle") path.arc(x0, y0, Math.hypot(x1 - x0, y1 - y0), 0, 2 * Math.PI);
    else if (kind === "rectangle") path.rect(x0, y0, x1 - x0, y1 - y0);
    else path.ellipse((x0 + x1) / 2, (y0 + y1) / 2, Math.abs(x1 - x0) / 2, Math.abs(y1 - y0) / 2, 0, 0, 2 * Math.PI);
  }
  stroke(context, path, RIM, 4);
  stroke(context, path, COLOUR, 2);
}

/**
 * At the bottom, in the middle: corners are taken.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {HTMLCanvasElement} glass
 */
function hint(context, text, glass) {
  context.font = fontOf(context);
  const left = (glass.width / devicePixelRatio - context.measureText(text).width) / 2;
  write(context, text, [left, glass.height / devicePixelRatio - 10], 0, "#ffffff");
}

/**
 * Pixels to places on the sky: corners of a polygon, else the centre and a place on the rim to its right and above.
 * @param {Aladin} aladin
 * @param {ShapeKind} kind
 * @param {Pair[]} points
 * @returns {SkyShape | null}
 */
export function toSky(aladin, kind, points) {
  const places = (kind === "polygon" ? points : marks(kind, points)).map(([x, y]) => toWorld(aladin, x, y));
  return places.every((place) => place !== null) ? { kind, places } : null;
}

/**
 * @param {ShapeKind} kind
 * @param {Pair[]} points The two ends of a drag
 * @returns {Pair[]}
 */
function marks(kind, [[x0, y0], [x1, y1]]) {
  if (kind === "circle") return [[x0, y0], [x1, y1]];
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [[x, y], [x + Math.abs(x1 - x0) / 2, y], [x, y - Math.abs(y1 - y0) / 2]];
}

/**
 * @param {Aladin} aladin
 * @param {number} x
 * @param {number} y
 */
function toWorld(aladin, x, y) {
  try {
    const place = aladin.pix2world(x, y, "ICRS");
    return place.every(Number.isFinite) ? place : null;
  } catch {
    return null; // beside the sphere
  }
}

/**
 * Corners without those that a double click sets twice.
 * @param {Pair[]} points
 */
export function distinct(points) {
  return points.filter((point, index) => !index || Math.hypot(point[0] - points[index - 1][0], point[1] - points[index - 1][1]) > 1);
}
