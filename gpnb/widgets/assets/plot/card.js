// @ts-check
// The card that tells what is pointed at: value ± error, bin, and what stands beside it in the data.

import { h } from "../kit.js";
import { plain, rounded, short, span, tenTo, unitOf } from "./numbers.js";
import { numberAt } from "./ticks.js";

/** @import { Box, Frame } from "./axes.js" */
/** @import { Spot } from "./near.js" */
/** @import { Axis } from "./ticks.js" */

/** @typedef {{ title: string, unit: string, rows: [string, string][] }} Words */

const AWAY = 14; // pixels from the point

/**
 * What a card says.
 * @param {Spot} spot
 * @param {Frame} frame
 * @returns {Words}
 */
export function cardWords(spot, frame) {
  const { mark, place } = spot, notes = Object.entries(mark.notes ?? {}).map(([name, texts]) => /** @type {[string, string]} */ ([name, texts[place]]));
  const along = unitOf(frame.x.label);
  const rows = /** @type {[string, string][]} */ ([...(mark.label ? [["", mark.label]] : []), [along.name, alongWords(spot, frame.x)], ...notes]);
  return { ...valueOf(spot, frame.y), rows: rows.filter(([, text]) => text) };
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

/**
 * Where a card stands: beside its point, never on it, inside the picture.
 * @param {{ x: number, y: number }} point
 * @param {{ width: number, height: number }} card
 * @param {Box} box
 */
export function placeOf(point, card, box) {
  const most = { x: Math.max(0, box.width - card.width), y: Math.max(0, box.height - card.height) };
  const into = (/** @type {number} */ value, /** @type {number} */ top) => Math.max(0, Math.min(top, value));
  const sides = [
    { x: point.x + AWAY, y: into(point.y + AWAY, most.y) },
    { x: point.x - AWAY - card.width, y: into(point.y + AWAY, most.y) },
    { x: into(point.x - card.width / 2, most.x), y: point.y + AWAY },
    { x: into(point.x - card.width / 2, most.x), y: point.y - AWAY - card.height },
  ];
  const found = sides.find(({ x, y }) => x >= 0 && x <= most.x && y >= 0 && y <= most.y) ?? sides[0];
  return { x: into(found.x, most.x), y: into(found.y, most.y) };
}
