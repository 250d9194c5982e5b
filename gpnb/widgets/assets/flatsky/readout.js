// @ts-check
// What lies at a place, in words: its position, its value, why it is masked.
// Positions are interpolated between unit vectors on a lattice across the image.

/** @import { Sky } from "./state.js" */

/**
 * A lattice of m × n unit vectors over an image of nx × ny pixels.
 * @typedef {{ m: number, n: number, nx: number, ny: number, frame: string }} Look
 */

/**
 * @param {number} degrees
 * @param {boolean} hours Whether it is a right ascension
 */
export function sexagesimal(degrees, hours) {
  const total = Math.round((Math.abs(degrees) / (hours ? 15 : 1)) * 3600 * (hours ? 10 : 1)) / (hours ? 10 : 1);
  const [big, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const pad = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const first = hours ? pad(big % 24) : (degrees < 0 ? "−" : "+") + pad(big);
  return `${first} ${pad(minutes)} ${hours ? seconds.toFixed(1).padStart(4, "0") : pad(seconds)}`;
}

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
  if (look.frame === "galactic") return `l ${lon.toFixed(3)}° b ${(lat < 0 ? "−" : "+") + Math.abs(lat).toFixed(3)}°`;
  return `${sexagesimal(lon, true)} ${sexagesimal(lat, false)}`;
}

/**
 * @param {number} value
 * @param {string} unit
 */
export function written(value, unit) {
  if (Number.isNaN(value)) return "no value";
  const size = Math.abs(value);
  const text = value === 0 ? "0" : size >= 1e5 || size < 1e-2 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return `${text.replace("-", "−")} ${unit}`.trim();
}

/**
 * @param {number} bits
 * @param {[number, string][]} reasons
 */
export function masked(bits, reasons) {
  return bits ? `masked: ${reasons.filter(([bit]) => bits & bit).map(([, word]) => word).join(", ")}` : "";
}

/**
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 */
export function probe(sky, x, y) {
  sky.read.hidden = false;
  sky.read.textContent = words(sky, x, y).filter(Boolean).join(" · ");
}

/**
 * @param {Sky} sky
 * @param {number} x
 * @param {number} y
 */
function words({ model, view: { nx, ny }, lattice, values, marks }, x, y) {
  const place = lattice.length ? position(lattice, { ...model.get("look"), nx, ny }, x, y) : "";
  const [i, j] = [Math.round(x), Math.round(y)], pixel = j * nx + i;
  if (i < 0 || j < 0 || i >= nx || j >= ny) return [place, "outside the map"];
  const value = values.length ? written(values[pixel], model.get("image").unit) : "";
  return [place, value, masked(marks[pixel], model.get("reasons"))];
}
