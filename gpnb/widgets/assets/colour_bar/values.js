// @ts-check
// What stands along a colour bar: ticks that follow the stretch, the ends in words, and where ends may be put.

import { plain, span } from "../plot/numbers.js";
import { evenTicks, logTicks } from "../plot/ticks.js";
import { floorOf, placing, valuing } from "../scale.js";

/** @import { Colouring } from "../scale.js" */
/** @import { Tick } from "../plot/ticks.js" */

const APART = 20; // px between the words of two ticks
const EACH = 60; // px for a tick, about
const SAMPLES = 6;

/**
 * Ticks of a bar; none where the words of an end stand.
 * @param {Colouring} scale
 * @param {number} height px
 * @param {number[]} ends Places of the ends
 * @returns {Tick[]}
 */
export function barTicks(scale, height, ends = [0, 1]) {
  const place = placing(scale), taken = [...ends];
  return candidates(scale, height).filter(([value]) => {
    const at = place(value);
    if (taken.some((other) => Math.abs(at - other) * height < APART)) return false;
    taken.push(at);
    return true;
  });
}

/**
 * @param {Colouring} scale
 * @param {number} height
 * @returns {Tick[]}
 */
function candidates(scale, height) {
  const { low, high, stretch, centred } = scale;
  if (stretch === "linear" && (!centred || low === -high)) return evenTicks({ low, high, log: false }, Math.max(1, Math.min(6, height / EACH)), false);
  if (stretch === "log" && !centred) return logTicks({ low: floorOf(scale), high, log: true });
  const inner = Array.from({ length: SAMPLES - 1 }, (_, n) => (n + 1) / SAMPLES).map((at) => neatAt(at, scale));
  const found = [...(centred ? [0] : []), ...inner].filter((value) => value > low && value < high);
  return [...new Set(found)].map((value) => [value, plain(value)]);
}

/**
 * A value with few digits near a place of the bar.
 * @param {number} at
 * @param {Colouring} scale
 */
function neatAt(at, scale) {
  const value = valuing(scale), step = (value(at + 0.01) - value(at - 0.01)) / 0.02 / SAMPLES;
  const size = 10 ** Math.floor(Math.log10(step)), neat = size * ([5, 2, 1].find((factor) => factor * size <= 1.2 * step) ?? 1);
  return Number((Math.round(value(at) / neat) * neat).toPrecision(6));
}

/**
 * The power of ten that is said with the unit, so that numbers stay short; 0 for none.
 * @param {Colouring} scale
 */
export function exponentOf({ low, high }) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return size >= 1e5 || size < 1e-2 ? Math.floor(Math.log10(size) + 1e-9) : 0;
}

/**
 * A scale in such powers of ten.
 * @param {Colouring} scale
 * @param {number} exponent
 * @returns {Colouring}
 */
export function inPowers(scale, exponent) { return { ...scale, low: scale.low / 10 ** exponent, high: scale.high / 10 ** exponent }; }

/**
 * Both ends in words.
 * @param {Colouring} scale
 */
export function endWords({ low, high }) { return span(low, high).split(" – "); }

/**
 * A value where an end may be: neat, on its side of the other end, of 0 where the bar is centred, above 0 on a log one.
 * @param {number} end 0 or 1
 * @param {number} value
 * @param {Colouring} scale As it is
 */
export function cutAt(end, value, scale) {
  const { low, high, stretch, centred } = scale, log = stretch === "log" && !centred;
  const step = 10 ** (Math.floor(Math.log10(high - low)) - 2);
  const neat = Number((log ? Number(value.toPrecision(3)) : Math.round(value / step) * step).toPrecision(12));
  const gap = log ? 1e-3 * high : step;
  if (end) return Math.max(neat, tidy((centred ? 0 : low) + gap));
  return Math.min(neat, tidy((centred ? 0 : high) - gap));
}

/** @param {number} value */
function tidy(value) { return Number(value.toPrecision(12)); }
