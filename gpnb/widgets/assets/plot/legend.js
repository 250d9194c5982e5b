// @ts-check
// The line over a plot: title, facts, legend.

import { h } from "../kit.js";
import { drawn, outline } from "./svg.js";

/** @typedef {{ label: string, colour: string, dash?: string, width?: number, fill?: number, marker?: string, hatched?: boolean }} Line */
/** @typedef {{ label: string, colours: string[], low: string, high: string }} Bar */
/** @typedef {{ title: string, facts: string, legend: (Line | Bar)[], label: string }} Words */

const HATCH = "M2 10l5 -10M8 10l5 -10M14 10l5 -10M20 10l5 -10";

/**
 * A piece of a line, an area, or the mark of points, as the figure has it.
 * @param {Line} item
 */
function swatch(item) {
  const svg = drawn("svg", { class: "gpnb-swatch", width: 26, height: 10, "aria-hidden": "true" });
  if (item.marker) {
    svg.append(drawn("path", { d: outline(item.marker, 13, 5, 3.5), fill: "none", "stroke-width": 1.4 }));
  } else if (item.hatched) {
    svg.append(drawn("path", { d: HATCH, "stroke-width": 1 }));
  } else if (item.fill) {
    svg.append(drawn("rect", { x: 0, y: 0, width: 26, height: 10, "fill-opacity": item.fill }));
  } else {
    const look = { "stroke-width": item.width ?? 2, "stroke-dasharray": item.dash };
    svg.append(drawn("line", { x1: 0, x2: 26, y1: 5, y2: 5, ...look }));
  }
  const shape = /** @type {SVGElement} */ (svg.firstElementChild);
  shape.style[item.fill && !item.marker ? "fill" : "stroke"] = item.colour;
  return svg;
}

/** @param {Line | Bar} item */
function key(item) {
  if (!("colours" in item)) return h("span", { class: "gpnb-key" }, swatch(item), h("span", {}, item.label));
  const strip = h("span", { class: "gpnb-strip", "aria-hidden": "true" });
  strip.style.background = `linear-gradient(to right, ${item.colours.join(", ")})`;
  return h("span", { class: "gpnb-key" }, h("span", {}, item.low), strip, h("span", {}, item.high), h("span", {}, item.label));
}

/**
 * The line, and what shows other words in it.
 * @returns {{ nodes: HTMLElement[], show: (words: Words) => void }}
 */
export function headLine() {
  const title = h("b", {}), facts = h("span", { class: "gpnb-quiet" }), legend = h("span", { class: "gpnb-legend" });
  const show = (/** @type {Words} */ words) => {
    title.textContent = words.title;
    facts.textContent = words.facts;
    legend.replaceChildren(...words.legend.map(key));
  };
  return { nodes: [title, facts, legend], show };
}
