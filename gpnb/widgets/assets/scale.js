// @ts-check
// From values to places in a colour map, 0 to 1, and back: the rules of gpnb/panels/sky/cuts.py.

/** @typedef {(part: number) => number} Bend */
/** @typedef {{ low: number, high: number, stretch: "linear" | "sqrt" | "log" | "asinh", centred?: boolean }} Colouring */

const FLOOR = 1e-6;
const DECADES = 1000;

/** @type {Record<Colouring["stretch"], [Bend, Bend]>} */
const BENDS = {
  linear: [(part) => part, (place) => place],
  sqrt: [Math.sqrt, (place) => place * place],
  asinh: [(part) => Math.asinh(10 * part) / Math.asinh(10), (place) => Math.sinh(place * Math.asinh(10)) / 10],
  log: [(part) => Math.log1p((DECADES - 1) * part) / Math.log(DECADES), (place) => Math.expm1(place * Math.log(DECADES)) / (DECADES - 1)],
};

/** @param {number} part */
const cut = (part) => Math.min(1, Math.max(0, part));

/** @param {Colouring} scale */
export function floorOf({ low, high }) { return Math.max(low, high * FLOOR); }

/**
 * Where values lie.
 * @param {Colouring} scale
 * @returns {(value: number) => number}
 */
export function placing(scale) {
  const { low, high, stretch, centred } = scale, [bend] = BENDS[stretch];
  if (centred) return (value) => (value < 0 ? 0.5 - 0.5 * bend(cut(value / low)) : 0.5 + 0.5 * bend(cut(value / high)));
  if (stretch !== "log") return (value) => bend(cut((value - low) / (high - low)));
  const floor = floorOf(scale), first = Math.log(floor), span = Math.log(high) - first;
  return (value) => cut((Math.log(Math.max(value, floor)) - first) / span);
}

/**
 * The values that lie there, also beyond both ends.
 * @param {Colouring} scale
 * @returns {(place: number) => number}
 */
export function valuing(scale) {
  const { low, high, stretch, centred } = scale, back = BENDS[stretch][1];
  const signed = (/** @type {number} */ place) => Math.sign(place) * back(Math.abs(place));
  if (centred) return (place) => (place < 0.5 ? -low : high) * signed(2 * place - 1);
  if (stretch !== "log") return (place) => low + (high - low) * signed(place);
  const floor = floorOf(scale);
  return (place) => floor * (high / floor) ** place;
}
