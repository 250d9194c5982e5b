// The line over a plot: title, facts, legend. It also tells those who do not see what the figure below is.

function swatch(item) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const set = (node, pairs) => { for (const [name, value] of Object.entries(pairs)) node.setAttribute(name, value); return node; };
  set(svg, { class: "gpnb-swatch", width: 26, height: 10, "aria-hidden": "true" });
  if (item.marker) return marked(svg, set, item);
  const shape = document.createElementNS(svg.namespaceURI, item.fill ? "rect" : "line");
  if (item.fill) set(shape, { x: 0, y: 0, width: 26, height: 10, "fill-opacity": item.fill });
  else set(shape, { x1: 0, x2: 26, y1: 5, y2: 5, "stroke-width": item.width ?? 2, "stroke-dasharray": item.dash ?? "" });
  shape.style[item.fill ? "fill" : "stroke"] = item.colour;
  svg.append(shape);
  return svg;
}

const OUTLINES = { circle: "M9.5 5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", square: "M9.8 1.8h6.4v6.4h-6.4z", diamond: "M13 1l4 4l-4 4l-4 -4z", "triangle-up": "M13 1.4l4 7h-8z" };

function marked(svg, set, item) {
  const path = set(document.createElementNS(svg.namespaceURI, "path"), { d: OUTLINES[item.marker] ?? OUTLINES.circle, fill: "none", "stroke-width": 1.4 });
  path.style.stroke = item.colour;
  svg.append(path);
  return svg;
}

function bar(item) {
  const strip = h("span", { class: "gpnb-strip", "aria-hidden": "true" });
  strip.style.background = `linear-gradient(to right, ${item.colours.join(", ")})`;
  return h("span", { class: "gpnb-key" }, h("span", {}, item.low), strip, h("span", {}, item.high), h("span", {}, item.label));
}

const key = (item) => (item.colours ? bar(item) : h("span", { class: "gpnb-key" }, swatch(item), h("span", {}, item.label)));

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const title = h("b", {}), facts = h("span", { class: "gpnb-quiet" }), legend = h("span", { class: "gpnb-legend" });
  el.classList.add("gpnb-part", "gpnb-plot-head");
  el.append(title, facts, legend);
  let figure = null;
  const tell = () => figure?.setAttribute("aria-label", trait(model, "label") || trait(model, "title"));
  watch(model, signal, ["title", "facts", "legend", "label"], () => {
    title.textContent = trait(model, "title");
    facts.textContent = trait(model, "facts");
    legend.replaceChildren(...trait(model, "legend").map(key));
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
