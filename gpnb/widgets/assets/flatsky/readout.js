// @ts-check
// What lies at a place, in words: its position, its value, why it is masked.
// Positions are interpolated between unit vectors on a lattice across the image.

import { placeOf } from "../beside.js";
import { plain } from "../plot/numbers.js";
import { fillRead, placeWords } from "../told.js";
import { pointAt } from "./pointed.js";
import { inside, outline } from "./shapes.js";

/** @import { Card } from "../told.js" */
/** @import { Sky } from "./state.js" */

const PATIENCE = 1000; // ms after which another question is asked, answered or not

/**
 * A lattice of m × n unit vectors over an image of nx × ny pixels.
 * @typedef {{ m: number, n: number, nx: number, ny: number, frame: string }} Look
 */

/**
 * The unit vector at a place of the image.
 * @param {Float32Array} lattice
 * @param {Look} look
 * @param {number} x
 * @param {number} y
 */
function direction(lattice, { m, n, nx, ny }, x, y) {
  const u = Math.min(Math.max(((x + 0.5) / nx) * (m - 1), 0), m - 1), v = Math.min(Math.max(((y + 0.5) / ny) * (n - 1), 0), n - 1);
  const i = Math.min(Math.floor(u), m - 2), j = Math.min(Math.floor(v), n - 2), s = u - i, t = v - j;
  const at = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ k) => lattice[3 * (b * m + a) + k];
  return [0, 1, 2].map((k) => (1 - t) * ((1 - s) * at(i, j, k) + s * at(i + 1, j, k))
    + t * ((1 - s) * at(i, j + 1, k) + s * at(i + 1, j + 1, k)));
}

/**
 * @param {Float32Array} lattice
 * @param {Look} look
 * @param {number} x
 * @param {number} y
 */
export function position(lattice, look, x, y) {
  const [X, Y, Z] = direction(lattice, look, x, y);
  if (Number.isNaN(X + Y + Z)) return "off the sky";
  const lon = ((Math.atan2(Y, X) * 180) / Math.PI + 360) % 360, lat = (Math.atan2(Z, Math.hypot(X, Y)) * 180) / Math.PI;
  return placeWords(lon, lat, look.frame);
}

/**
 * A value as gpnb/panels/sky/probe.py writes it.
 * @param {number} value
 * @param {string} unit
 */
export function written(value, unit) {
  if (Number.isNaN(value)) return "no value";
  return Number.isFinite(value) ? `${plain(Number(value.toPrecision(4)))} ${unit}`.trim() : "not finite";
}

/**
 * What is told of a place: of the layer that is shown at once, of all others and of masks once the kernel has answered.
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 * @returns {Card}
 */
export function cardAt({ model, view: { nx, ny }, lattice, values, shapes }, x, y) {
  const title = lattice.length ? position(lattice, { ...model.get("look"), nx, ny }, x, y) : "";
  const card = [...shapes].reverse().find((shape) => shape.card && inside(outline(shape.edit), x, y))?.card;
  if (card) return { why: [], ...card };
  const [i, j] = pixelAt(x, y), image = model.get("image");
  if (i < 0 || j < 0 || i >= nx || j >= ny) return { title, rows: [], why: ["outside the map"] };
  const told = model.get("told"), own = image.name ?? "";
  if (told.x === i && told.y === j) return { title, rows: told.rows ?? [], why: told.why ?? [] };
  if (!values.length) return { title, rows: [], why: [] };
  const mine = /** @type {[string, string]} */ ([own, written(values[j * nx + i], image.unit)]);
  const others = (told.rows ?? []).map(([name]) => /** @type {[string, string]} */ ([name, "…"]));
  return { title, rows: others.length ? others.map((row) => (row[0] === own ? mine : row)) : [mine], why: [] };
}

/**
 * @param {number} x
 * @param {number} y
 */
function pixelAt(x, y) { return [Math.round(x), Math.round(y)]; }

/**
 * Tell of a place beside it; in the corner where there is nothing but a position.
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 */
export function probe(sky, x, y) {
  sky.read.hidden = Boolean(sky.held && sky.held.kind !== "pan");
  pointAt(sky, sky.held ? null : [x, y]);
  if (sky.read.hidden) return;
  putBeside(sky, x, y, fillRead(sky.read, cardAt(sky, x, y)));
  ask(sky, x, y);
}

/**
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 * @param {boolean} corner
 */
function putBeside({ read, view }, x, y, corner) {
  const [sx, sy] = view.toScreen(x, y);
  const at = placeOf({ x: sx, y: sy }, { width: read.offsetWidth, height: read.offsetHeight }, view.now);
  Object.assign(read.style, corner ? { left: "", top: "" } : { left: `${at.x}px`, top: `${at.y}px` });
}

/**
 * Ask for more of a pixel; one question at a time, the last one wins.
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 */
function ask(sky, x, y) {
  const { model, view: { nx, ny } } = sky, [i, j] = pixelAt(x, y), told = model.get("told");
  sky.wanted = model.get("probes") && i >= 0 && j >= 0 && i < nx && j < ny && !(told.x === i && told.y === j) ? [i, j] : null;
  if (!sky.asking) askNow(sky);
}

/** @param {Sky} sky */
function askNow(sky) {
  clearTimeout(sky.asking);
  sky.asking = 0;
  if (!sky.wanted) return;
  const [x, y] = sky.wanted;
  sky.wanted = null;
  sky.model.send({ kind: "probe", x, y });
  sky.asking = setTimeout(() => askNow(sky), PATIENCE);
}

/**
 * The kernel's answer, or news that make it old.
 * @param {Sky} sky
 */
export function answered(sky) {
  if (!sky.read.hidden && sky.cursor) probe(sky, ...sky.cursor);
  askNow(sky);
}
