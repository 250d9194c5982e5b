// @ts-check
// What the mouse does: draw, take hold of shapes and handles, shift the view, zoom, read out.

import { closePolygon, corner, finish } from "./drawing.js";
import { tellWindow, zoom } from "./look.js";
import { pointAt } from "./pointed.js";
import { probe } from "./readout.js";
import { drawn, handles, moved } from "./shapes.js";
import { panned } from "./view.js";

/** @import { Shape } from "./shapes.js" */
/** @import { Held, Sky } from "./state.js" */

const SLIP = 3; // px: less is no drag
const OFTEN = 60; // ms between two messages of a drag

/**
 * @param {Sky} sky
 * @param {AbortSignal} signal
 */
export function listenPointer(sky, signal) {
  const { canvas } = sky;
  canvas.addEventListener("pointerdown", (event) => press(sky, event), { signal });
  canvas.addEventListener("pointermove", (event) => drag(sky, event), { signal });
  canvas.addEventListener("pointerup", (event) => release(sky, event), { signal });
  canvas.addEventListener("pointercancel", () => { endDragged(sky); sky.held = null; sky.draft = null; sky.request(); }, { signal });
  canvas.addEventListener("pointerleave", () => { if (!sky.held) { sky.read.hidden = true; pointAt(sky, null); } }, { signal });
  canvas.addEventListener("dblclick", () => { if (sky.corners) closePolygon(sky); }, { signal });
  canvas.addEventListener("wheel", (event) => wheel(sky, event), { signal, passive: false });
}

/**
 * @param {Sky} sky
 * @param {MouseEvent} event
 */
function at({ canvas, view }, event) {
  const box = canvas.getBoundingClientRect();
  return view.toImage(event.clientX - box.left, event.clientY - box.top);
}

/**
 * @param {Sky} sky
 * @param {PointerEvent} event
 */
function press(sky, event) {
  if (event.button !== 0) return;
  const [x, y] = at(sky, event);
  sky.canvas.focus({ preventScroll: true });
  sky.canvas.setPointerCapture(event.pointerId);
  if (sky.type === "polygon") corner(sky, [x, y]);
  else sky.held = sky.tool === "move" ? grab(sky, x, y, event) : { kind: "draw", x, y };
  sky.request();
}

/**
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 * @param {PointerEvent} event
 * @returns {Held}
 */
function grab(sky, x, y, event) {
  const { current } = sky;
  const handle = current && handles(current).find((item) => sky.near([x, y], [item.x, item.y]));
  if (handle) return { kind: "handle", drag: handle.drag };
  const shape = sky.under(x, y);
  sky.chosen = shape ? shape.key : null;
  if (shape) return { kind: "body", x, y, edit: shape.edit };
  return { kind: "pan", x, y, sx: event.clientX, sy: event.clientY, window: sky.view.window };
}

/**
 * @param {Sky} sky
 * @param {PointerEvent} event
 */
function drag(sky, event) {
  const [x, y] = at(sky, event), { held, chosen, view } = sky;
  sky.cursor = [x, y];
  probe(sky, x, y);
  if (held?.kind === "draw") sky.draft = drawn(sky.type, held.x, held.y, x, y);
  if (held?.kind === "handle") sky.local = { key: chosen, edit: held.drag(x, y) };
  if (held?.kind === "body") sky.local = { key: chosen, edit: moved(held.edit, x - held.x, y - held.y) };
  const shape = held?.kind === "draw" ? sky.draft : held && held.kind !== "pan" ? sky.local?.edit : null;
  if (shape) tellDragged(sky, shape);
  if (held?.kind === "pan") view.window = panned(held.window, event.clientX - held.sx, event.clientY - held.sy, view.now.scale);
  sky.request();
}

/**
 * Tell of a shape in the hand, not too often.
 * @param {Sky} sky
 * @param {Shape} shape
 */
function tellDragged(sky, shape) {
  sky.dragged = shape;
  sky.telling ||= setTimeout(() => {
    sky.telling = 0;
    sky.said = true;
    sky.model.send({ kind: "dragged", key: sky.chosen, shape: sky.dragged });
  }, OFTEN);
}

/**
 * It is in the hand no more: what was told of it is void.
 * @param {Sky} sky
 */
function endDragged(sky) {
  clearTimeout(sky.telling);
  if (sky.said) sky.model.send({ kind: "dragged", key: null, shape: null });
  Object.assign(sky, { telling: 0, dragged: null, said: false });
}

/**
 * @param {Sky} sky
 * @param {PointerEvent} event
 */
function release(sky, event) {
  const { held, draft, local } = sky;
  endDragged(sky);
  sky.held = null;
  if (held?.kind === "draw" && draft) {
    sky.draft = null;
    const [x, y] = at(sky, event);
    if (Math.hypot(x - held.x, y - held.y) * sky.view.now.scale > SLIP) finish(sky, draft);
  }
  if ((held?.kind === "handle" || held?.kind === "body") && local) sky.send(local.edit);
  if (held?.kind === "body" && !local) sky.click(held.x, held.y);
  if (held?.kind === "pan") {
    if (Math.hypot(event.clientX - held.sx, event.clientY - held.sy) > SLIP) tellWindow(sky);
    else sky.click(held.x, held.y);
  }
  sky.request();
}

/**
 * The page scrolls over a map that is not in use.
 * @param {Sky} sky
 * @param {WheelEvent} event
 */
function wheel(sky, event) {
  if (document.activeElement !== sky.canvas && !event.ctrlKey) return;
  event.preventDefault();
  zoom(sky, Math.exp(-event.deltaY / 400), at(sky, event));
}
