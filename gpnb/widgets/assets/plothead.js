// @ts-check
// The line over a plot: title, facts, legend. It also tells those who do not see what the figure below is.

import { h, lifetime, watch } from "./kit.js";

/** @import { Given } from "./kit.js" */

/** @typedef {{ label: string, colour: string, dash?: string, width?: number, fill?: number, marker?: string, hatched?: boolean }} Line */
/** @typedef {{ label: string, colours: string[], low: string, high: string }} Bar */
/** @typedef {{ title: string, facts: string, legend: (Line | Bar)[], label: string }} Traits */

const SVG = "http://www.w3.org/2000/svg";
/** @type {Record<string, string>} */
const OUTLINES = {
  circle: "M9.5 5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
  square: "M9.8 1.8h6.4v6.4h-6.4z",
  diamond: "M13 1l4 4l-4 4l-4 -4z",
  "triangle-up": "M13 1.4l4 7h-8z",
  "triangle-down": "M13 8.6l4 -7h-8z",
  cross: "M11.8 1.2h2.4v2.6h2.6v2.4h-2.6v2.6h-2.4v-2.6h-2.6v-2.4h2.6z",
};
const HATCH = "M2 10l5 -10M8 10l5 -10M14 10l5 -10M20 10l5 -10";

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number>} attributes
 */
function drawn(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/**
 * A piece of a line, an area, or the mark of points, as the figure has it.
 * @param {Line} item
 */
function swatch(item) {
  const svg = drawn("svg", { class: "gpnb-swatch", width: 26, height: 10, "aria-hidden": "true" });
  if (item.marker) {
    svg.append(drawn("path", { d: OUTLINES[item.marker] ?? OUTLINES.circle, fill: "none", "stroke-width": 1.4 }));
  } else if (item.hatched) {
    svg.append(drawn("path", { d: HATCH, "stroke-width": 1 }));
  } else if (item.fill) {
    svg.append(drawn("rect", { x: 0, y: 0, width: 26, height: 10, "fill-opacity": item.fill }));
  } else {
    const look = { "stroke-width": item.width ?? 2, "stroke-dasharray": item.dash ?? "" };
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

/** @param {Given<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const title = h("b", {}), facts = h("span", { class: "gpnb-quiet" }), legend = h("span", { class: "gpnb-legend" });
  el.classList.add("gpnb-part", "gpnb-plot-head");
  el.append(title, facts, legend);
  /** @type {Element | null} */
  let figure = null;
  const tell = () => figure?.setAttribute("aria-label", model.get("label") || model.get("title"));
  watch(model, signal, ["title", "facts", "legend", "label"], () => {
    title.textContent = model.get("title");
    facts.textContent = model.get("facts");
    legend.replaceChildren(...model.get("legend").map(key));
    tell();
  });
  const settle = () => { // the figure comes later than this line
    figure = el.closest(".gpnb-plot")?.querySelector(".bqplot") ?? null;
    if (figure) {
      figure.setAttribute("role", "img");
      tell();
    } else if (!signal.aborted) requestAnimationFrame(settle);
  };
  settle();
  return end;
}

export default { render };
