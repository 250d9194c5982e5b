// @ts-check
// From values to pixels and back, and the ranges that are looked at.

/** @typedef {{ low: number, high: number, log: boolean }} Range */

const CLOSEST = 1e-7; // of the whole range: further in, ticks would be written with too many digits
const BELOW = 1e6; // frames: where nothing stands on a logarithmic axis

export class Scale {
  /**
   * @param {Range} range
   * @param {number} first Pixel of its low end
   * @param {number} last Pixel of its high end
   */
  constructor(range, first, last) {
    this.log = range.log;
    this.first = first;
    this.last = last;
    this.start = range.log ? Math.log10(range.low) : range.low;
    this.stop = range.log ? Math.log10(range.high) : range.high;
  }

  /**
   * The pixel of a value; NaN for NaN, far below the frame for what a logarithm does not have.
   * @param {number} value
   */
  to(value) {
    const part = this.log && value <= 0 ? -BELOW : ((this.log ? Math.log10(value) : value) - this.start) / (this.stop - this.start);
    return this.first + part * (this.last - this.first);
  }

  /** @param {number} pixel */
  from(pixel) {
    const place = this.start + ((pixel - this.first) / (this.last - this.first)) * (this.stop - this.start);
    return this.log ? 10 ** place : place;
  }

  /**
   * Whether a pixel lies in the frame.
   * @param {number} pixel
   */
  holds(pixel) {
    return pixel >= Math.min(this.first, this.last) - 0.5 && pixel <= Math.max(this.first, this.last) + 0.5;
  }
}

/**
 * A part of a whole range, moved into it where it sticks out; null for all of it.
 * @param {Range} whole
 * @param {number} start Part of the range as it is drawn, 0 at its low end
 * @param {number} stop The same, 1 at the high end
 * @returns {Range | null}
 */
export function partOf(whole, start, stop) {
  const size = Math.max(CLOSEST, Math.min(1, stop - start));
  const first = Math.max(0, Math.min(1 - size, start));
  if (size > 1 - 1e-9) return null;
  const scale = new Scale(whole, 0, 1);
  return { low: scale.from(first), high: scale.from(first + size), log: whole.log };
}

/**
 * A range nearer or further about one of its places.
 * @param {Range} whole
 * @param {Range} seen
 * @param {number} at Part of what is seen that stays where it is
 * @param {number} factor Of its size
 */
export function zoomedAbout(whole, seen, at, factor) {
  const [start, stop] = endsIn(whole, seen), size = stop - start, kept = start + at * size;
  return partOf(whole, kept - at * size * factor, kept + (1 - at) * size * factor);
}

/**
 * Where the ends of a part are in the whole.
 * @param {Range} whole
 * @param {Range} seen
 */
export function endsIn(whole, seen) {
  const scale = new Scale(whole, 0, 1);
  return [scale.to(seen.low), scale.to(seen.high)];
}
