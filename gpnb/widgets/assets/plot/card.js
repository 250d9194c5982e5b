// @ts-check
// The card that tells what is pointed at: value ± error, bin, and what stands beside it in the data.

import { h } from "../kit.js";
import { plain, rounded, short, span, tenTo, unitOf } from "./numbers.js";
import { pixelRange } from "./near.js";
import { numberAt } from "./ticks.js";

/** @import { Frame } from "./axes.js" */
/** @import { Spot } from "./near.js" */
/** @import { Axis } from "./ticks.js" */

/** @typedef {{ title: string, unit: string, rows: [string, string][] }} Words */

/**
 * What a card says.
 * @param {Spot} spot
 * @param {Frame} frame
 * @returns {Words}
 */
export function cardWords(spot, frame) {
  if (spot.mark.kind === "image") return pixelWords(spot, frame);
  const { mark, place } = spot, notes = Object.entries(mark.notes ?? {}).map(([name, texts]) => /** @type {[string, string]} */ ([name, texts[place]]));
  const along = unitOf(frame.x.label);
  const rows = /** @type {[string, string][]} */ ([...(mark.label ? [["", mark.label]] : []), [along.name, alongWords(spot, frame.x)], ...notes]);
  return { ...valueOf(spot, frame.y), rows: rows.filter(([, text]) => text) };
}

/**
 * The value of a pixel of an image, and the ranges that it covers.
 * @param {Spot} spot
 * @param {Frame} frame
 * @returns {Words}
 */
function pixelWords({ mark, place }, { x, y }) {
  const { name, unit } = unitOf(mark.label ?? ""), value = mark.values[place];
  const rows = /** @type {["x" | "y", Axis][]} */ ([["x", x], ["y", y]]).map(([along, axis]) => {
    const of = unitOf(axis.label);
    return /** @type {[string, string]} */ ([of.name, [span(...pixelRange(mark, place, along, axis.log)), of.unit].filter(Boolean).join(" ")]);
  });
  const title = Number.isFinite(value) ? plain(Number(value.toPrecision(4))) : "no value";
  return { title, unit, rows: [["", name], ...rows] };
}

/**
 * @param {Spot} spot
 * @param {Axis} axis
 */
function valueOf({ mark, place }, axis) {
  const value = mark.y[place], { name, unit } = unitOf(axis.label), limit = Boolean(mark.limit?.[place]);
  const sides = mark.kind === "points" && !limit ? [value - mark.y_low[place], mark.y_high[place] - value] : [];
  const { text, exponent, known } = rounded(value, ...sides), [lead, tenth] = unit.startsWith("10") ? splitLead(unit) : ["", unit];
  const times = [exponent ? tenTo(exponent) : "", lead].filter(Boolean).map((factor) => ` × ${factor}`).join("");
  const number = times && known ? `(${text})${times}` : `${text}${times}`;
  return { title: limit ? `< ${number}` : number, unit: tenth || (unit ? "" : name) };
}

/**
 * The power of ten that a unit begins with, and the rest.
 * @param {string} unit
 */
function splitLead(unit) {
  const [lead, ...rest] = unit.split(" ");
  return [lead, rest.join(" ")];
}

/**
 * The bin, or the place where there is none.
 * @param {Spot} spot
 * @param {Axis} axis
 */
function alongWords({ mark, place }, axis) {
  const { unit } = unitOf(axis.label), of = (/** @type {number} */ value) => (axis.scale ? numberAt(...axis.scale, value) : value);
  const ends = mark.kind === "steps" ? [mark.x[place], mark.x[place + 1]] : mark.kind === "points" ? [mark.x_low[place], mark.x_high[place]] : [0, 0];
  const value = of(mark.x[place]), words = ends[0] < ends[1] ? span(of(ends[0]), of(ends[1])) : axis.scale ? short(value, 10) : plain(Number(value.toPrecision(4)));
  return [words, unit].filter(Boolean).join(" ");
}

/**
 * @param {HTMLElement} card
 * @param {Words} words
 */
export function fillCard(card, { title, unit, rows }) {
  const table = rows.flatMap(([name, text]) => (name ? [h("span", { class: "gpnb-quiet" }, name), h("span", {}, text)] : [h("span", { class: "gpnb-card-of" }, text)]));
  card.replaceChildren(h("div", { class: "gpnb-card-value" }, h("b", {}, title), " ", h("span", { class: "gpnb-quiet" }, unit)), h("div", { class: "gpnb-card-rows" }, ...table));
}
