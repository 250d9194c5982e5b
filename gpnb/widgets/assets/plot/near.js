// @ts-check
// What the pointer means, and the way from point to point by keys.

/** @import { Mark, Scales } from "./marks.js" */

/**
 * Something that can be pointed at: which mark, which of its points, and where it is drawn.
 * @typedef {{ mark: Mark, place: number, x: number, y: number, row: number | null }} Spot
 */

const POINT = 16, CURVE = 9; // pixels within which the pointer means a point, or a curve
const STRIDES = 40; // along a curve from end to end, by keys

/**
 * A point of a mark as it is drawn; null where it is out of the frame, or there is no number.
 * @param {Mark} mark
 * @param {number} place
 * @param {Scales} scales
 * @returns {Spot | null}
 */
export function spotAt(mark, place, scales) {
  if (mark.kind === "image") return pixelSpot(mark, place, scales);
  if (!(place >= 0 && place < mark.y.length)) return null;
  const middle = mark.kind === "steps" ? (scales.x.to(mark.x[place]) + scales.x.to(mark.x[place + 1])) / 2 : scales.x.to(mark.x[place]);
  const y = scales.y.to(mark.y[place]);
  const low = mark.kind === "steps" && mark.fill ? Math.min(y, scales.y.first) : y; // an empty bin is told at its foot
  if (!scales.x.holds(middle) || !scales.y.holds(low)) return null;
  return { mark, place, x: middle, y: low, row: mark.rows?.[place] ?? null };
}

/**
 * How the pixels of an image lie, even along both axes as they are drawn.
 * @param {Mark} mark
 * @param {Scales} scales
 */
function pixelsOf(mark, { x, y }) {
  const columns = mark.columns ?? 1, rows = mark.values.length / columns;
  const [left, bottom] = [x.to(mark.x[0]), y.to(mark.y[0])];
  return { columns, rows, left, bottom, wide: (x.to(mark.x[1]) - left) / columns, high: (y.to(mark.y[1]) - bottom) / rows };
}

/**
 * @param {Mark} mark
 * @param {number} place
 * @param {Scales} scales
 * @returns {Spot | null}
 */
function pixelSpot(mark, place, scales) {
  if (!(place >= 0 && place < mark.values.length)) return null;
  const { columns, left, bottom, wide, high } = pixelsOf(mark, scales);
  const x = left + ((place % columns) + 0.5) * wide, y = bottom + (Math.floor(place / columns) + 0.5) * high;
  return scales.x.holds(x) && scales.y.holds(y) ? { mark, place, x, y, row: null } : null;
}

/**
 * The pixel of an image under the pointer.
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {number} x
 * @param {number} y
 */
function pixelUnder(mark, scales, x, y) {
  const { columns, rows, left, bottom, wide, high } = pixelsOf(mark, scales);
  const [column, row] = [Math.floor((x - left) / wide), Math.floor((y - bottom) / high)];
  return column >= 0 && row >= 0 && column < columns && row < rows ? pixelSpot(mark, row * columns + column, scales) : null;
}

/**
 * The range of an axis that a pixel covers.
 * @param {Mark} mark
 * @param {number} place
 * @param {"x" | "y"} along
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function pixelRange(mark, place, along, log) {
  const columns = mark.columns ?? 1, [first, last] = mark[along], number = along === "x" ? columns : mark.values.length / columns;
  const at = along === "x" ? place % columns : Math.floor(place / columns);
  const edge = (/** @type {number} */ part) => (log ? first * (last / first) ** part : first + (last - first) * part);
  return [edge(at / number), edge((at + 1) / number)];
}

/**
 * What is nearest to the pointer: points first, then curves and outlines, then bins, then pixels.
 * @param {Mark[]} marks
 * @param {Scales} scales
 * @param {number} x
 * @param {number} y
 * @returns {Spot | null}
 */
export function nearest(marks, scales, x, y) {
  let best = /** @type {Spot | null} */ (null), least = Infinity;
  const offer = (/** @type {Spot | null} */ spot, /** @type {number} */ far) => {
    if (spot && far <= least) [best, least] = [spot, far];
  };
  for (const mark of marks) {
    if (mark.kind === "points") offerPoints(mark, scales, x, y, offer);
    if (mark.kind === "line") offerLine(mark, scales, x, y, offer);
    if (mark.kind === "steps") offerBin(mark, scales, x, y, offer);
  }
  const image = best ? undefined : marks.find((mark) => mark.kind === "image");
  return image ? pixelUnder(image, scales, x, y) : best;
}

/** @typedef {(spot: Spot | null, far: number) => void} Offer */

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {number} x
 * @param {number} y
 * @param {Offer} offer
 */
function offerPoints(mark, scales, x, y, offer) {
  for (let n = 0; n < mark.x.length; n += 1) {
    const far = Math.hypot(scales.x.to(mark.x[n]) - x, scales.y.to(mark.y[n]) - y);
    if (far <= POINT) offer(spotAt(mark, n, scales), far - 2 * POINT);
  }
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {number} x
 * @param {number} y
 * @param {Offer} offer
 */
function offerLine(mark, scales, x, y, offer) {
  for (let n = 0; n + 1 < mark.x.length; n += 1) {
    const [a, b] = [scales.x.to(mark.x[n]), scales.x.to(mark.x[n + 1])], [c, d] = [scales.y.to(mark.y[n]), scales.y.to(mark.y[n + 1])];
    const size = (b - a) ** 2 + (d - c) ** 2, along = size ? Math.max(0, Math.min(1, ((x - a) * (b - a) + (y - c) * (d - c)) / size)) : 0;
    const far = Math.hypot(a + along * (b - a) - x, c + along * (d - c) - y);
    if (far <= CURVE) offer(spotAt(mark, along > 0.5 ? n + 1 : n, scales), far - POINT);
  }
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {number} x
 * @param {number} y
 * @param {Offer} offer
 */
function offerBin(mark, scales, x, y, offer) {
  const value = scales.x.from(x), n = mark.x.findIndex((edge) => edge > value) - 1;
  if (n < 0) return;
  const spot = spotAt(mark, n, scales), far = spot ? Math.abs(spot.y - y) : Infinity;
  if (far <= CURVE) offer(spot, far - POINT);
  else if (mark.fill) offer(spot, far);
}

/**
 * The next point by an arrow key: along a mark, or on another one at about the same x.
 * @param {Mark[]} marks
 * @param {Scales} scales
 * @param {Spot | null} from
 * @param {string} key
 * @returns {Spot | null}
 */
export function nextSpot(marks, scales, from, key) {
  const known = marks.filter((mark) => ["points", "steps", "line"].includes(mark.kind) && firstOf(mark, scales, 0, 1));
  const image = marks.find((mark) => mark.kind === "image");
  if (!known.length) return image ? nextPixel(image, scales, from, key) : null;
  known.sort((a, b) => Number(b.kind === "points") - Number(a.kind === "points"));
  if (!from || !known.includes(from.mark)) return firstOf(known[0], scales, 0, 1);
  if (key === "Home") return firstOf(from.mark, scales, 0, 1);
  if (key === "End") return firstOf(from.mark, scales, from.mark.y.length - 1, -1);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const stride = from.mark.kind === "line" ? Math.max(1, Math.round(from.mark.y.length / STRIDES)) : 1, step = key === "ArrowRight" ? stride : -stride;
    return firstOf(from.mark, scales, from.place + step, step) ?? from;
  }
  const turn = key === "ArrowDown" ? 1 : known.length - 1, other = known[(known.indexOf(from.mark) + turn) % known.length];
  return closest(other, scales, from.x) ?? from;
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {Spot | null} from
 * @param {string} key
 */
function nextPixel(mark, scales, from, key) {
  const columns = mark.columns ?? 1, steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: columns, ArrowDown: -columns });
  if (from?.mark !== mark) return pixelSpot(mark, Math.floor(mark.values.length / 2 / columns) * columns + Math.floor(columns / 2), scales);
  const row = Math.floor(from.place / columns) * columns, ends = /** @type {Record<string, number>} */ ({ Home: row, End: row + columns - 1 });
  const next = ends[key] ?? from.place + (steps[key] ?? 0);
  const turned = Math.abs(steps[key]) === 1 && Math.floor(next / columns) * columns !== row;
  return turned ? from : pixelSpot(mark, next, scales) ?? from;
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {number} place
 * @param {number} step
 */
function firstOf(mark, scales, place, step) {
  for (let n = place; n >= 0 && n < mark.y.length; n += step) {
    const spot = spotAt(mark, n, scales);
    if (spot) return spot;
  }
  return null;
}

/**
 * @param {Mark} mark
 * @param {Scales} scales
 * @param {number} x
 */
function closest(mark, scales, x) {
  let best = /** @type {Spot | null} */ (null);
  for (let n = 0; n < mark.y.length; n += 1) {
    const spot = spotAt(mark, n, scales);
    if (spot && (!best || Math.abs(spot.x - x) < Math.abs(best.x - x))) best = spot;
  }
  return best;
}
