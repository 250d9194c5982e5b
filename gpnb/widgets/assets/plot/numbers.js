// @ts-check
// Numbers as people read them, by the rules of gpnb/core/words.py.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const WHOLE = 1e9; // below it, counts are written with all their digits

/** @param {string} text */
const real = (text) => text.replace(/-/g, "−");

/** @param {number} value */
const decade = (value) => Math.floor(Math.log10(Math.abs(value)) + 1e-9);

/**
 * A number in so many digits, without zeros at its end.
 * @param {number} value
 * @param {number} digits
 */
export function short(value, digits) {
  return real(String(Number(value.toPrecision(digits))));
}

/**
 * A whole number with thin spaces between thousands.
 * @param {number} value
 */
function spaced(value) {
  return real(String(value).replace(/\B(?=(\d{3})+$)/g, "\u2009"));
}

/** @param {number} exponent */
export function tenTo(exponent) {
  return `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("")}`;
}

/**
 * Plain where it is short, else as 10⁻¹¹ or 3 × 10⁵.
 * @param {number} value
 */
export function plain(value) {
  return value === 0 || (Math.abs(value) > 1e-3 && Math.abs(value) < 1e5) ? short(value, 6) : power(value);
}

/**
 * As 10⁻¹¹ or 3 × 10⁵; 1 and 10 stay plain.
 * @param {number} value
 */
export function power(value) {
  const exponent = decade(value), factor = value / 10 ** exponent;
  if (exponent === 0 || exponent === 1) return short(value, 3);
  return `${Math.abs(factor - 1) < 1e-6 ? "" : `${short(factor, 3)} × `}${tenTo(exponent)}`;
}

/**
 * A value with its errors in two digits of the smaller one, and the power of ten of both.
 * @param {number} value
 * @param {number} [down]
 * @param {number} [up]
 * @returns {{ text: string, exponent: number, known: boolean }}
 */
export function rounded(value, down = 0, up = 0) {
  const size = value ? Math.floor(Math.log10(Math.abs(value))) : 0, exponent = size < -3 || size > 4 ? size : 0;
  const scale = 10 ** exponent, known = [down, up].filter((side) => side > 0 && Number.isFinite(side)).map((side) => side / scale);
  if (!known.length && Number.isInteger(value) && Math.abs(value) < WHOLE) return { text: spaced(value), exponent: 0, known: false };
  if (!known.length) return { text: short(value / scale, 4), exponent, known: false };
  const digits = Math.max(0, Math.min(12, 1 - decade(Math.min(...known))));
  const [middle, below, above] = [value, down, up].map((part) => (part / scale).toFixed(digits));
  return { text: real(below === above ? `${middle} ± ${above}` : `${middle} +${above} -${below}`), exponent, known: true };
}

/**
 * Two ends with as many digits as tell them apart.
 * @param {number} low
 * @param {number} high
 */
export function span(low, high) {
  const size = Math.max(Math.abs(low), Math.abs(high)), places = Math.max(0, Math.min(15, 2 - decade(high - low)));
  if (size >= 1e6 || size < 1e-3) return [low, high].map((end) => (end ? power(Number(end.toPrecision(3))) : "0")).join(" – ");
  const texts = [low, high].map((end) => end.toFixed(places)), zeros = Math.min(...texts.map((text) => (/\.?0*$/.exec(text.slice(-places)) ?? [""])[0].length));
  return texts.map((text) => real(Number(text) === 0 ? "0" : places ? text.slice(0, text.length - zeros).replace(/\.$/, "") : text)).join(" – ");
}

/**
 * The title of an axis and its unit.
 * @param {string} label
 */
export function unitOf(label) {
  const found = /^(.+?) \(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(label);
  return found ? { name: found[1], unit: found[2] } : { name: label, unit: "" };
}
