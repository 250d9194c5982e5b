// @ts-check
// What mouse and fingers do on a plot: brush, look closer by wheel and box, move what is seen, point.

/** @import { Plot } from "./main.js" */

const FEW = 3; // pixels that a click may move
const DOUBLE = 250; // ms to wait for the second click
const SCROLLING = 250; // ms without a wheel, after which the page does not scroll any more
const WHEEL = 0.0015;

/** @typedef {{ move: (x: number, y: number) => void, end: (x: number, y: number, still: boolean) => void }} Drag */

let scrolled = -Infinity; // when the page was last scrolled by the wheel

/**
 * @param {Plot} plot
 * @param {AbortSignal} signal
 */
export function listenTo(plot, signal) {
  const { figure, svg } = plot;
  let drag = /** @type {Drag | null} */ (null), from = { x: 0, y: 0 }, later = 0;
  const at = (/** @type {MouseEvent} */ event) => {
    const box = svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const listen = (/** @type {string} */ name, /** @type {(event: any) => void} */ act) => figure.addEventListener(name, act, { signal, passive: false });
  listen("pointerdown", (/** @type {PointerEvent} */ event) => {
    from = at(event);
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button"))) return;
    drag = dragOf(plot, event, from, (act) => { later = setTimeout(act, DOUBLE); });
    if (!drag) return;
    if (!(event.target instanceof HTMLElement && event.target.closest(".gpnb-grip"))) event.preventDefault();
    figure.setPointerCapture(event.pointerId);
    plot.point(null);
  });
  listen("pointermove", (/** @type {PointerEvent} */ event) => {
    const { x, y } = at(event);
    if (drag) drag.move(x, y);
    else plot.pointNear(x, y);
  });
  const end = (/** @type {PointerEvent} */ event) => {
    const { x, y } = at(event);
    drag?.end(x, y, Math.hypot(x - from.x, y - from.y) <= FEW);
    drag = null;
  };
  listen("pointerup", end);
  listen("pointercancel", end);
  listen("pointerleave", () => { if (!drag) plot.point(null); });
  listen("dblclick", () => {
    clearTimeout(later);
    plot.look(null, null);
  });
  listen("wheel", (/** @type {WheelEvent} */ event) => turn(plot, event, at(event)));
  document.addEventListener("wheel", (event) => { if (!(event.target instanceof Element && event.target.closest(".gpnb-figure"))) scrolled = event.timeStamp; },
    { signal, passive: true, capture: true });
}

/**
 * What a drag from here does.
 * @param {Plot} plot
 * @param {PointerEvent} event
 * @param {{ x: number, y: number }} from
 * @param {(act: () => void) => void} later Unless a second click follows
 * @returns {Drag | null}
 */
function dragOf(plot, event, from, later) {
  const { box, brush } = plot, end = event.target instanceof HTMLDivElement ? brush.grips.indexOf(event.target) : -1;
  const inFrame = from.x >= box.left && from.x <= box.right && from.y >= box.top && from.y <= box.bottom;
  if (end >= 0) return brushDrag(plot, (x) => (end ? [brush.pixels?.[0] ?? x, x] : [x, brush.pixels?.[1] ?? x]), null, later);
  if (!inFrame) return null;
  if (event.shiftKey) return boxDrag(plot, from);
  if (!plot.brushes) return moveDrag(plot, from);
  const pixels = brush.pixels;
  if (pixels && from.x > pixels[0] && from.x < pixels[1]) return brushDrag(plot, (x) => carried(pixels, x - from.x, plot), null, later);
  return brushDrag(plot, (x) => [from.x, x], pixels ? () => { brush.start(); brush.held = false; brush.ask(null); } : null, later);
}

/**
 * A range that is carried along, as far as the frame goes.
 * @param {[number, number]} pixels
 * @param {number} far
 * @param {Plot} plot
 * @returns {[number, number]}
 */
function carried(pixels, far, { box }) {
  const by = Math.max(Math.min(0, box.left - pixels[0]), Math.min(Math.max(0, box.right - pixels[1]), far));
  return [pixels[0] + by, pixels[1] + by];
}

/**
 * @param {Plot} plot
 * @param {(x: number) => [number, number]} range
 * @param {(() => void) | null} clicked
 * @param {(act: () => void) => void} later
 * @returns {Drag}
 */
function brushDrag({ brush }, range, clicked, later) {
  let begun = false, first = NaN;
  return {
    move: (x) => {
      first = Number.isNaN(first) ? x : first;
      if (!begun && Math.abs(x - first) < 1) return;
      if (!begun) brush.start();
      begun = true;
      brush.ask(range(x));
    },
    end: (_x, _y, still) => {
      if (begun) brush.release();
      else if (still && clicked) later(clicked);
    },
  };
}

/**
 * @param {Plot} plot
 * @param {{ x: number, y: number }} from
 * @returns {Drag}
 */
function boxDrag(plot, from) {
  const cornersOf = (/** @type {number} */ x, /** @type {number} */ y) => {
    const { left, right, top, bottom } = plot.box, into = (/** @type {number} */ a, /** @type {number} */ low, /** @type {number} */ high) => Math.max(low, Math.min(high, a));
    const [a, b] = [from.x, into(x, left, right)].sort((one, two) => one - two), [c, d] = [from.y, into(y, top, bottom)].sort((one, two) => one - two);
    return { x: a, y: c, width: b - a, height: d - c };
  };
  return {
    move: (x, y) => plot.outlineBox(cornersOf(x, y)),
    end: (x, y) => {
      const corners = cornersOf(x, y);
      plot.outlineBox(null);
      if (corners.width > 2 * FEW) plot.lookAt(corners);
    },
  };
}

/**
 * @param {Plot} plot
 * @param {{ x: number, y: number }} from
 * @returns {Drag | null}
 */
function moveDrag(plot, from) {
  let last = from;
  return {
    move: (x, y) => {
      plot.moveBy(x - last.x, y - last.y);
      last = { x, y };
    },
    end: () => {},
  };
}

/**
 * The wheel looks closer where the pointer is: in the frame along both axes, beside an axis along that one.
 * A turn that scrolls the page goes on to do so.
 * @param {Plot} plot
 * @param {WheelEvent} event
 * @param {{ x: number, y: number }} place
 */
function turn(plot, event, { x, y }) {
  if (event.ctrlKey || event.timeStamp - scrolled < SCROLLING) {
    scrolled = event.timeStamp;
    return;
  }
  const { box } = plot, beside = { x: y > box.bottom, y: x < box.left };
  if (y < box.top || x > box.right || (beside.x && beside.y)) return;
  event.preventDefault();
  const size = event.deltaMode === 1 ? 16 : 1;
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) plot.moveBy(-size * event.deltaX, 0);
  else plot.zoom(Math.exp(WHEEL * size * event.deltaY), x, y, { x: !beside.y, y: !beside.x });
}
