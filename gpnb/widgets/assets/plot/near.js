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
  if (!(place >= 0 && place < mark.y.length)) return null;
  const middle = mark.kind === "steps" ? (scales.x.to(mark.x[place]) + scales.x.to(mark.x[place + 1])) / 2 : scales.x.to(mark.x[place]);
  const y = scales.y.to(mark.y[place]);
  const low = mark.kind === "steps" && mark.fill ? Math.min(y, scales.y.first) : y; // an empty bin is told at its foot
  if (!scales.x.holds(middle) || !scales.y.holds(low)) return null;
  return { mark, place, x: middle, y: low, row: mark.rows?.[place] ?? null };
}

/**
 * What is nearest to the pointer: points first, then curves and outlines, then bins.
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
  return best;
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
  if (!known.length) return null;
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
