// @ts-check
// What is told of a place of a sky, flat or not: its position in words, values, and why it is masked.

import { h } from "./kit.js";

/** @typedef {{ title: string, rows: [string, string][], why: string[] }} Card What is told of a place, or of a shape */

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
 * @param {number} lon deg
 * @param {number} lat deg
 * @param {string} frame
 */
export function placeWords(lon, lat, frame) {
  if (frame === "galactic") return `l ${lon.toFixed(3)}° b ${(lat < 0 ? "−" : "+") + Math.abs(lat).toFixed(3)}°`;
  return `${sexagesimal(lon, true)} ${sexagesimal(lat, false)}`;
}

/**
 * Fill the read-out; where there is nothing but a position it is one line in the corner.
 * @param {HTMLElement} read
 * @param {Card} card
 * @returns {boolean} Whether it is
 */
export function fillRead(read, { title, rows, why }) {
  const plainly = !rows.length;
  read.classList.toggle("gpnb-corner", plainly);
  if (plainly) read.replaceChildren([title, ...why].filter(Boolean).join(" · "));
  else read.replaceChildren(h("b", {}, title), h("div", { class: "gpnb-card-rows" }, ...rows.flatMap(([name, text]) => [h("span", {}, name), h("span", {}, text)])),
    ...why.map((reason) => h("div", { class: "gpnb-why" }, reason)));
  return plainly;
}
