// A shape drawn with the mouse: a pane of glass over the sky takes the events, Aladin only turns pixels into sky.
import { write } from "./overlay.js";

const COLOUR = "#56B4E9";
const SMALL = 3; // px: less is a slip, not a shape
const HINTS = {
  circle: "Drag from the centre to the rim. Esc ends.",
  ellipse: "Drag from corner to corner. Esc ends.",
  rectangle: "Drag from corner to corner. Esc ends.",
  polygon: "Click the corners; double click or Enter closes. Esc ends.",
};

/** Start drawing; `done` gets the shape on the sky, or null if it was given up. Returns what stops it. */
export function startDrawing(aladin, host, kind, done) {
  const glass = makeGlass(aladin, host);
  let points = [];
  let pressed = false;
  const finish = (shape) => {
    glass.remove();
    done(shape);
  };
  const close = () => {
    const corners = distinct(points.slice(0, -1));
    if (corners.length > 2) finish(toSky(aladin, kind, corners));
  };
  const at = (event) => [event.offsetX, event.offsetY];
  const show = () => preview(glass, kind, points);
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
  on("dblclick", () => kind === "polygon" && close());
  on("keydown", (event) => {
    if (event.key === "Escape") finish(null);
    else if (event.key === "Enter" && kind === "polygon") close();
    else if (event.key === "Backspace" && points.length > 2) points.splice(-2, 1);
  });
  show();
  glass.focus({ preventScroll: true });
  return () => glass.remove();
}

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

function preview(glass, kind, points) {
  const context = glass.getContext("2d");
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
  for (const [colour, width] of [["rgba(0, 0, 0, 0.65)", 4], [COLOUR, 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(path);
  }
}

/** At the bottom, in the middle: corners are taken. */
function hint(context, text, glass) {
  context.font = "12px system-ui, sans-serif";
  const left = (glass.width / devicePixelRatio - context.measureText(text).width) / 2;
  write(context, text, [left, glass.height / devicePixelRatio - 10], 0, "#ffffff");
}

/** Pixels to places on the sky: corners of a polygon, else the centre and a place on the rim to its right and above. */
function toSky(aladin, kind, points) {
  const places = (kind === "polygon" ? points : marks(kind, points)).map(([x, y]) => toWorld(aladin, x, y));
  return places.every(Boolean) ? { kind, places } : null;
}

function marks(kind, [[x0, y0], [x1, y1]]) {
  if (kind === "circle") return [[x0, y0], [x1, y1]];
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [[x, y], [x + Math.abs(x1 - x0) / 2, y], [x, y - Math.abs(y1 - y0) / 2]];
}

function toWorld(aladin, x, y) {
  try {
    const place = aladin.pix2world(x, y, "ICRS");
    return place.every(Number.isFinite) ? place : null;
  } catch {
    return null; // beside the sphere
  }
}

function distinct(points) {
  return points.filter((point, index) => !index || Math.hypot(point[0] - points[index - 1][0], point[1] - points[index - 1][1]) > 1);
}
