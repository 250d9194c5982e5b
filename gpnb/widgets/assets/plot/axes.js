// @ts-check
// The frame of a plot, its grid, the texts of its ticks and the titles of its axes.

import { unitOf } from "./numbers.js";
import { coordinate, drawn } from "./svg.js";
import { ticksOf } from "./ticks.js";

/** @import { Scales } from "./marks.js" */
/** @import { Range } from "./scale.js" */
/** @import { Axis } from "./ticks.js" */

/** @typedef {{ x: Axis, y: Axis, square: boolean, over: boolean, height: number }} Frame */
/** @typedef {{ left: number, right: number, top: number, bottom: number, width: number, height: number }} Box */
/** @typedef {{ x: Range | null, y: Range | null }} Seen */

const MARGIN = { top: 8, bottom: 40, left: 74, right: 14 };
const SHORT = 8; // below a frame whose axis of x is that of the plot below it
const LETTER = 6.2; // pixels of a letter of a tick

/**
 * Where the frame lies in a picture of this width.
 * @param {Frame} frame
 * @param {number} width
 * @returns {Box}
 */
export function boxOf(frame, width) {
  const bottom = frame.over ? SHORT : MARGIN.bottom, inside = width - MARGIN.left - MARGIN.right;
  const high = frame.height - MARGIN.top - bottom, side = frame.square ? Math.min(inside, high) : 0;
  const [wide, tall] = [Math.max(1, side || inside), Math.max(1, side || high)];
  return { left: MARGIN.left, right: MARGIN.left + wide, top: MARGIN.top, bottom: MARGIN.top + tall, width, height: MARGIN.top + tall + bottom };
}

/**
 * @param {Frame} frame
 * @param {Seen} seen
 * @param {Scales} scales
 * @param {Box} box
 */
export function axisNodes(frame, seen, scales, box) {
  const grid = drawn("g", { class: "gpnb-grid" }), texts = drawn("g", { class: "gpnb-axes" });
  for (const [value, text] of ticksOf(frame.x, seen.x)) {
    const at = coordinate(scales.x.to(value));
    if (!scales.x.holds(at)) continue;
    grid.append(drawn("path", { d: `M${Math.round(at) + 0.5} ${box.top}V${box.bottom}` }));
    if (!frame.over) texts.append(tickText("x", value, text, inside(at, text, box), box.bottom + 16));
  }
  for (const [value, text] of ticksOf(frame.y, seen.y)) {
    const at = coordinate(scales.y.to(value));
    if (!scales.y.holds(at)) continue;
    grid.append(drawn("path", { d: `M${box.left} ${Math.round(at) + 0.5}H${box.right}` }));
    texts.append(tickText("y", value, text, box.left - 8, at + 4));
  }
  if (!frame.over) texts.append(drawn("text", { class: "gpnb-axis-title", x: box.right, y: box.bottom + 32, "text-anchor": "end" }, frame.x.label));
  return { grid, texts };
}

/**
 * The middle of a text, so that it stays within the picture.
 * @param {number} at
 * @param {string} text
 * @param {Box} box
 */
function inside(at, text, box) {
  const half = (LETTER * text.length) / 2;
  return Math.min(at, box.width - half);
}

/**
 * @param {"x" | "y"} axis
 * @param {number} value
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
function tickText(axis, value, text, x, y) {
  const look = { class: `gpnb-tick gpnb-tick-${axis}`, "text-anchor": axis === "x" ? "middle" : "end", "data-value": value };
  return drawn("text", { ...look, x: coordinate(x), y: coordinate(y) }, text);
}

/**
 * The title of the axis of y, along it: name and unit one over the other where it would be too long.
 * @param {string} label
 * @param {Box} box
 * @param {SVGElement} place Shown, so that its text can be measured
 */
export function showTitle(label, box, place) {
  const line = (/** @type {string} */ text, /** @type {number} */ x) => {
    const middle = (box.top + box.bottom) / 2;
    return drawn("text", { class: "gpnb-axis-title", "text-anchor": "middle", transform: `translate(${x} ${middle}) rotate(-90)` }, text);
  };
  const whole = line(label, 13);
  place.replaceChildren(whole);
  const { name, unit } = unitOf(label);
  if (!unit || whole.getComputedTextLength() <= box.bottom - box.top) return;
  place.replaceChildren(line(name, 10), line(`(${unit})`, 23));
}
