// @ts-check
// What lies in the frame of a plot, as nodes of SVG: few of them, however many points there are.

import { coordinate, drawn, outline } from "./svg.js";

/** @import { Scale } from "./scale.js" */

/** @typedef {{ x: Scale, y: Scale }} Scales */
/**
 * A part of a plot as it came, with numbers as bytes.
 * @typedef {{ name: string, kind: string, label?: string, role: string, dash?: string, width?: number, fill?: number,
 *   hatched?: boolean, marker?: string, value?: number, png?: DataView, rows?: number[], notes?: Record<string, string[]>, columns?: number,
 *   [numbers: string]: any }} Given
 */
/**
 * A part of a plot: the numbers that its kind has.
 * @typedef {Given & { x: Float64Array, y: Float64Array, low: Float64Array, high: Float64Array, x_low: Float64Array,
 *   x_high: Float64Array, y_low: Float64Array, y_high: Float64Array, limit: Float64Array, values: Float64Array }} Mark
 */

const ARROW = 15; // pixels of the arrow of an upper limit, with a head of a third
const MANY = 400; // points, from which on marks are smaller

/**
 * @param {Given} given
 * @returns {Mark}
 */
export function decoded(given) {
  const numbers = Object.entries(given).filter(([, value]) => value instanceof DataView).map(([name, view]) => {
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    return [name, name === "png" ? new Uint8Array(bytes) : new Float64Array(bytes)];
  });
  return { ...given, ...Object.fromEntries(numbers) };
}

/**
 * A path through points, broken where there is no number.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 * @param {Scales} scales
 */
function pathOf(x, y, scales) {
  let path = "", down = false;
  for (let n = 0; n < x.length; n += 1) {
    const [a, b] = [scales.x.to(x[n]), scales.y.to(y[n])];
    const good = Number.isFinite(a) && Number.isFinite(b);
    if (good) path += `${down ? "L" : "M"}${coordinate(a)} ${coordinate(b)}`;
    down = good;
  }
  return path;
}

/**
 * The outline of a histogram, and the area down to the bottom.
 * @param {Mark} mark
 * @param {Scales} scales
 */
function stepPaths({ x, y }, scales) {
  let line = "", area = "", down = false;
  const bottom = coordinate(scales.y.first + (scales.y.log ? 0 : scales.y.to(0) - scales.y.first));
  for (let n = 0; n < y.length; n += 1) {
    const [a, b, top] = [scales.x.to(x[n]), scales.x.to(x[n + 1]), scales.y.to(y[n])].map(coordinate);
    if (Number.isFinite(top)) {
      line += `${down ? "V" : `M${a} `}${top}H${b}`;
      area += `M${a} ${bottom}V${top}H${b}V${bottom}z`;
    }
    down = Number.isFinite(top);
  }
  return { line, area };
}

/**
 * Error bars, and arrows of upper limits.
 * @param {Mark} mark
 * @param {Scales} scales
 */
function barPath(mark, { x, y }) {
  let path = "";
  for (let n = 0; n < mark.x.length; n += 1) {
    const [a, b] = [x.to(mark.x[n]), y.to(mark.y[n])].map(coordinate);
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    if (mark.x_high[n] > mark.x_low[n]) path += `M${coordinate(x.to(mark.x_low[n]))} ${b}H${coordinate(x.to(mark.x_high[n]))}`;
    if (mark.y_high[n] > mark.y_low[n]) path += `M${a} ${coordinate(y.to(mark.y_low[n]))}V${coordinate(y.to(mark.y_high[n]))}`;
    if (mark.limit[n]) path += `M${a} ${b}v${ARROW}m-3.5 -5l3.5 5l3.5 -5`;
  }
  return path;
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 */
function pointNodes(mark, scales) {
  const bars = barPath(mark, scales), r = mark.x.length > MANY ? 2 : 3.5;
  let shapes = "", count = 0;
  for (let n = 0; mark.marker && n < mark.x.length; n += 1) {
    const [a, b] = [scales.x.to(mark.x[n]), scales.y.to(mark.y[n])];
    if (mark.limit[n] || !(Math.abs(a) < 1e5 && Math.abs(b) < 1e5)) continue;
    shapes += outline(mark.marker, a, b, r);
    count += 1;
  }
  return [
    bars ? drawn("path", { class: "gpnb-bars", d: bars }) : null,
    count ? drawn("path", { class: "gpnb-points", d: shapes, "data-count": count }) : null,
  ];
}

/**
 * Ranges of x as areas; hatched ones are filled with a pattern.
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {string} hatch
 */
function spanNodes(mark, { x, y }, hatch) {
  const [top, height] = [Math.min(y.first, y.last), Math.abs(y.last - y.first)], nodes = [];
  for (let n = 0; n + 1 < mark.x.length; n += 2) {
    const [a, b] = [x.to(mark.x[n]), x.to(mark.x[n + 1])].map((end) => Math.max(x.first, Math.min(x.last, end)));
    if (!(a < b)) continue;
    const look = mark.hatched ? { fill: `url(#${hatch})`, class: "gpnb-hatched" } : { "fill-opacity": mark.fill, class: "gpnb-area" };
    nodes.push(drawn("rect", { x: coordinate(a), width: coordinate(b - a), y: top, height, ...look }));
  }
  return nodes;
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {string} image
 */
function imageNodes(mark, { x, y }, image) {
  const [left, right, bottom, top] = [x.to(mark.x[0]), x.to(mark.x[1]), y.to(mark.y[0]), y.to(mark.y[1])];
  const place = { x: left, y: top, width: right - left, height: bottom - top };
  return [drawn("image", { ...place, href: image, preserveAspectRatio: "none", class: "gpnb-image" })];
}

/**
 * @param {Mark} mark
 * @param {string} d
 */
function strokeOf(mark, d) {
  return drawn("path", { class: "gpnb-curve", d, "stroke-width": mark.width ?? 1, "stroke-dasharray": mark.dash });
}

/** @type {Record<string, (mark: Mark, scales: Scales, ids: { hatch: string, image: string }) => (SVGElement | null)[]>} */
const KINDS = {
  image: (mark, scales, { image }) => imageNodes(mark, scales, image),
  span: (mark, scales, { hatch }) => spanNodes(mark, scales, hatch),
  rule: (mark, { x, y }) => {
    const place = Math.round(y.to(Number(mark.value))) + 0.5;
    return [strokeOf(mark, `M${x.first} ${place}H${x.last}`)];
  },
  mark: (mark, { x, y }) => {
    const place = Math.round(x.to(Number(mark.value))) + 0.5;
    return [strokeOf(mark, `M${place} ${y.first}V${y.last}`)];
  },
  band: (mark, scales) => {
    const x = [...mark.x, ...[...mark.x].reverse()], y = [...mark.high, ...[...mark.low].reverse()];
    return [drawn("path", { class: "gpnb-area", d: pathOf(x, y, scales), "fill-opacity": 0.18 })];
  },
  steps: (mark, scales) => {
    const { line, area } = stepPaths(mark, scales);
    const filled = mark.fill ? drawn("path", { class: "gpnb-area", d: area, "fill-opacity": mark.fill }) : null;
    return [filled, mark.width ? strokeOf(mark, line) : null];
  },
  line: (mark, scales) => [strokeOf(mark, pathOf(mark.x, mark.y, scales))],
  points: pointNodes,
};

/**
 * A part of a plot, in the colour of what it is.
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {{ hatch: string, image: string }} ids
 */
export function markNode(mark, scales, ids) {
  const nodes = KINDS[mark.kind](mark, scales, ids).filter((node) => node !== null);
  const group = drawn("g", { class: `gpnb-mark gpnb-mark-${mark.kind}`, "data-name": mark.name }, ...nodes);
  group.style.setProperty("--gpnb-own", `var(--gpnb-${mark.role})`);
  return group;
}
