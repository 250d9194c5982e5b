// @ts-check
// Few plain ticks of the part of an axis that is looked at, by the rules of gpnb/widgets/parts/ticks.py.

import { plain, power } from "./numbers.js";

/** @import { Range } from "./scale.js" */

/** @typedef {[number, string]} Tick */
/**
 * @typedef {Range & { label: string, ticks: Tick[], most: number, whole: boolean, energy: boolean,
 *   scale: [number[], number[]] | null }} Axis
 */

const NICE = [1, 2, 2.5, 5, 10];

/**
 * Ticks of a part of an axis; of all of it, those that came with it.
 * @param {Axis} axis
 * @param {Range | null} seen
 * @returns {Tick[]}
 */
export function ticksOf(axis, seen) {
  if (!seen) return axis.ticks;
  if (axis.scale) return datedTicks(axis.scale, seen);
  if (!axis.log) return evenTicks(seen, axis.most, axis.whole);
  const few = axis.energy ? energyTicks(seen, 5).map((value) => /** @type {Tick} */ ([value, plain(value)])) : logTicks(seen);
  const inside = few.filter(([value]) => value >= seen.low && value <= seen.high);
  return inside.length > 1 ? inside : evenTicks(seen, axis.most, axis.whole);
}

/**
 * @param {Range} range
 * @param {number} most Steps
 * @param {boolean} whole
 * @returns {Tick[]}
 */
export function evenTicks({ low, high }, most, whole) {
  const step = stepOf((high - low) / most, whole), found = [];
  const digits = Math.min(15, 2 + Math.max(0, Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / step))));
  for (let n = Math.ceil(low / step - 1e-9); n <= Math.floor(high / step + 1e-9); n += 1) {
    const value = Number((n * step).toPrecision(12));
    const text = digits > 6 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(digits))).replace("-", "−") : plain(value);
    found.push(/** @type {Tick} */ ([value, text]));
  }
  return found;
}

/**
 * The least of 1, 2, 2.5, 5 times a power of ten that is not less.
 * @param {number} least
 * @param {boolean} whole
 */
function stepOf(least, whole) {
  const size = 10 ** Math.floor(Math.log10(least) + 1e-9), factors = whole ? NICE.filter((factor) => Number.isInteger(factor * size)) : NICE;
  if (whole && size < 1) return 1;
  return size * (factors.find((factor) => factor * size >= least * (1 - 1e-9)) ?? 10);
}

/**
 * 1 and 3 of each decade; fewer over many decades.
 * @param {Range} range
 * @param {number} most
 */
export function energyTicks({ low, high }, most) {
  const decades = /** @type {number[]} */ ([]);
  for (let n = Math.floor(Math.log10(low)); n <= Math.ceil(Math.log10(high)); n += 1) decades.push(n);
  const among = (/** @type {number[]} */ bases) => decades.flatMap((n) => bases.map((base) => Number(`${base}e${n}`)))
    .filter((value) => value >= low && value <= high);
  const inside = among([1, 3]);
  if (inside.length < 3) return among([1, 2, 5]);
  if (inside.length <= most) return inside;
  const powers = among([1]);
  return powers.filter((_, place) => place % Math.ceil(powers.length / most) === 0);
}

/**
 * Powers of ten, finer within two decades.
 * @param {Range} range
 * @returns {Tick[]}
 */
export function logTicks(range) {
  const first = Math.ceil(Math.log10(range.low) - 1e-9), last = Math.floor(Math.log10(range.high) + 1e-9), powers = [];
  for (let n = first; n <= last; n += 1) powers.push(Number(`1e${n}`));
  const step = Math.max(1, Math.ceil(powers.length / 5));
  const ticks = powers.length < 2 ? energyTicks(range, 6) : powers.filter((_, place) => place % step === 0);
  const words = ticks.every((tick) => tick >= 0.01 && tick <= 1000) ? plain : power;
  return ticks.map((tick) => [tick, words(tick)]);
}

/**
 * Of numbers that run along an axis in stretches, such as dates: whole numbers are written where they change.
 * @param {[number[], number[]]} scale Places, and the numbers there
 * @param {Range} seen
 * @returns {Tick[]}
 */
export function datedTicks([places, values], seen) {
  const found = /** @type {Tick[]} */ ([]), stretches = stretchesIn(places, values, seen);
  const step = stepOf(stretches.reduce((sum, [, , first, last]) => sum + last - first, 0) / 5, false);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (String(step).includes("25") ? 1 : 0));
  for (const [start, stop, first, last] of stretches) {
    let whole = NaN;
    for (let n = Math.ceil(first / step - 1e-9); n <= Math.floor(last / step + 1e-9); n += 1) {
      const value = n * step, text = value.toFixed(digits), place = start + ((value - first) / (last - first)) * (stop - start);
      const same = digits > 0 && Math.floor(value + 1e-9) === whole;
      found.push([place, same ? text.slice(text.indexOf(".")) : text]);
      whole = Math.floor(value + 1e-9);
    }
  }
  return found;
}

/**
 * What is seen of each stretch: its ends in places and in numbers.
 * @param {number[]} places
 * @param {number[]} values
 * @param {Range} seen
 */
function stretchesIn(places, values, seen) {
  const found = [];
  for (let n = 0; n + 1 < places.length; n += 2) {
    const start = Math.max(places[n], seen.low), stop = Math.min(places[n + 1], seen.high);
    if (start < stop) found.push([start, stop, numberAt(places, values, start), numberAt(places, values, stop)]);
  }
  return found;
}

/**
 * The number that stands at a place.
 * @param {number[]} places
 * @param {number[]} values
 * @param {number} place
 */
export function numberAt(places, values, place) {
  const after = places.findIndex((end) => end >= place), n = Math.max(1, after === -1 ? places.length - 1 : after);
  return values[n - 1] + ((place - places[n - 1]) / (places[n] - places[n - 1])) * (values[n] - values[n - 1]);
}
