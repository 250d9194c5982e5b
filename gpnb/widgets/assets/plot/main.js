// @ts-check
// A plot: what the kernel gives, drawn; ranges that are looked at are the page's own until the kernel gives others.

import { placeOf } from "../beside.js";
import { h, keepKeys, lifetime, watch, withModifier } from "../kit.js";
import { axisNodes, boxOf, showTitle } from "./axes.js";
import { Brush } from "./brush.js";
import { cardWords, fillCard } from "./card.js";
import { headLine } from "./legend.js";
import { decoded, markNode } from "./marks.js";
import { nearest, nextSpot, spotAt } from "./near.js";
import { listenTo } from "./pointer.js";
import { endsIn, partOf, Scale, zoomedAbout } from "./scale.js";
import { coordinate, drawn } from "./svg.js";

/** @import { Given as View, Model } from "../kit.js" */
/** @import { Box, Frame, Seen } from "./axes.js" */
/** @import { Brushed } from "./brush.js" */
/** @import { Words } from "./legend.js" */
/** @import { Given, Mark, Scales } from "./marks.js" */
/** @import { Spot } from "./near.js" */
/** @import { Range } from "./scale.js" */

/** @typedef {Words & Brushed & { frame: Frame, marks: Given[], brushes: boolean, bare: boolean, pointed: number | null, group: string }} Traits */

const CLOSER = 0.7; // of what is seen, by a key
const NOTHING = { left: 0, right: 1, top: 0, bottom: 1, width: 1, height: 1 };

/** @type {Map<string, Set<Plot>>} Plots that are looked at together */
const groups = new Map();
let count = 0;

export class Plot {
  /**
   * @param {Model<Traits>} model
   * @param {HTMLElement} el
   * @param {AbortSignal} signal
   */
  constructor(model, el, signal) {
    count += 1;
    this.model = model;
    this.ids = { clip: `gpnb-clip-${count}`, hatch: `gpnb-hatch-${count}`, image: "" };
    /** @type {Seen} */
    this.seen = { x: null, y: null };
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Box} */
    this.box = NOTHING;
    /** @type {Scales | null} */
    this.scales = null;
    /** @type {Spot | null} */
    this.spot = null;
    this.frames = 0;
    this.waiting = false;
    this.titled = "";
    /** @type {Frame | null} */
    this.frame = null;
    this.brush = new Brush(model, () => this.redraw());
    this.nodes = nodesOf(this.ids, this.brush, () => this.look(null, null));
    this.figure = this.nodes.figure;
    this.svg = this.nodes.svg;
    el.classList.add("gpnb-part", "gpnb-plot");
    el.append(this.nodes.head, this.figure);
    this.listen(signal);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { model, figure } = this, size = new ResizeObserver(() => this.redraw());
    size.observe(figure);
    signal.addEventListener("abort", () => {
      size.disconnect();
      this.join("");
      clearTimeout(this.brush.timer);
      URL.revokeObjectURL(this.ids.image);
    });
    listenTo(this, signal);
    keepKeys(figure, signal);
    figure.addEventListener("keydown", (event) => this.key(event), { signal });
    figure.addEventListener("blur", () => this.point(null), { signal });
    watch(model, signal, ["title", "facts", "legend", "label", "bare"], () => this.showWords());
    watch(model, signal, ["group"], () => this.join(model.get("group")));
    watch(model, signal, ["frame"], () => this.takeFrame());
    watch(model, signal, ["marks"], () => this.takeMarks());
    watch(model, signal, ["chosen", "brushes"], () => { this.brush.take(); this.redraw(); });
    watch(model, signal, ["pointed"], () => this.redraw());
  }

  showWords() {
    const { model, nodes } = this;
    nodes.line.show({ title: model.get("title"), facts: model.get("facts"), legend: model.get("legend"), label: "" });
    nodes.head.hidden = model.get("bare") || !(model.get("title") || model.get("facts") || model.get("legend").length);
    this.figure.setAttribute("aria-label", model.get("label") || model.get("title"));
  }

  /** Another range than before ends a closer look along that axis. */
  takeFrame() {
    const frame = this.model.get("frame"), before = this.frame;
    for (const name of /** @type {const} */ (["x", "y"])) {
      const [now, old] = [frame[name], before?.[name]];
      if (old && (now.low !== old.low || now.high !== old.high || now.log !== old.log)) this.seen[name] = null;
    }
    this.frame = frame;
    this.redraw();
  }

  takeMarks() {
    const { spot } = this;
    this.marks = this.model.get("marks").map(decoded);
    const png = /** @type {BlobPart | undefined} */ (/** @type {unknown} */ (this.marks.find((mark) => mark.kind === "image")?.png));
    URL.revokeObjectURL(this.ids.image);
    this.ids.image = png ? URL.createObjectURL(new Blob([png], { type: "image/png" })) : "";
    const same = spot && this.marks.find((mark) => mark.name === spot.mark.name);
    this.spot = spot && same ? { ...spot, mark: same } : null;
    this.redraw();
  }

  // Drawing: at most once a frame of the screen.

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const { frame, nodes, figure } = this, { layers } = nodes, width = figure.clientWidth;
    if (!frame || !width || !Object.keys(frame).length) return;
    const box = boxOf(frame, width), before = this.box;
    this.box = box;
    const scales = { x: new Scale(this.seen.x ?? frame.x, box.left, box.right), y: new Scale(this.seen.y ?? frame.y, box.bottom, box.top) };
    this.scales = scales;
    setAttributes(this.svg, { width: box.width, height: box.height });
    for (const rect of [nodes.clip, nodes.edge]) {
      const half = rect === nodes.edge ? 0.5 : 0;
      setAttributes(rect, { x: box.left + half, y: box.top + half, width: box.right - box.left, height: box.bottom - box.top });
    }
    const { grid, texts } = axisNodes(frame, this.seen, scales, box);
    layers.grid.replaceChildren(grid);
    layers.texts.replaceChildren(texts);
    if (this.titled !== frame.y.label || before.height !== box.height) showTitle(frame.y.label, box, layers.title);
    this.titled = frame.y.label;
    layers.marks.replaceChildren(...this.marks.map((mark) => markNode(mark, scales, this.ids)));
    this.brush.draw(scales.x, frame.x, box, this.brushes);
    nodes.all.hidden = this.model.get("bare") || (!this.seen.x && !this.seen.y);
    this.drawPointed();
    this.frames += 1;
    figure.dataset.frames = String(this.frames);
  }

  /** The rings round what is pointed at, here or in what belongs to it, and the card. */
  drawPointed() {
    const { scales, spot, nodes, marks } = this, row = spot ? spot.row : this.model.get("pointed");
    if (!scales) return;
    const again = spot && spotAt(spot.mark, spot.place, scales);
    const also = row === null ? [] : marks.flatMap((mark) => (mark.rows ?? []).flatMap((one, place) => (one === row ? [spotAt(mark, place, scales)] : [])));
    const rings = [again, ...also.filter((one) => !(again && one?.mark === again.mark && one.place === again.place))];
    nodes.layers.ring.replaceChildren(...rings.flatMap((one) => (one ? [drawn("circle", { class: "gpnb-ring", cx: coordinate(one.x), cy: coordinate(one.y), r: 7 })] : [])));
    this.showCard(again);
  }

  /** @param {Spot | null} spot */
  showCard(spot) {
    const { frame } = this, { card } = this.nodes;
    if (!frame) return;
    card.hidden = !spot;
    if (!spot) return;
    fillCard(card, cardWords(spot, frame));
    const { x, y } = placeOf(spot, { width: card.offsetWidth, height: card.offsetHeight }, this.box);
    card.style.left = `${Math.round(x)}px`;
    card.style.top = `${Math.round(y)}px`;
  }

  // Pointing.

  /**
   * @param {number} x
   * @param {number} y
   */
  pointNear(x, y) {
    const { scales, box } = this, inFrame = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    this.point(scales && inFrame ? nearest(this.marks, scales, x, y) : null);
  }

  /** @param {Spot | null} spot */
  point(spot) {
    const { model } = this, same = spot?.mark === this.spot?.mark && spot?.place === this.spot?.place;
    if (same) return;
    const row = spot?.row ?? null, told = this.spot !== null || row !== null;
    this.spot = spot;
    if (told && model.get("pointed") !== row) {
      model.set("pointed", row);
      model.save_changes();
    }
    this.drawPointed();
  }

  // Looking closer.

  get brushes() { return this.model.get("brushes"); }

  /** @param {string} name */
  join(name) {
    for (const [key, plots] of groups) {
      plots.delete(this);
      if (!plots.size) groups.delete(key);
    }
    if (name) groups.set(name, (groups.get(name) ?? new Set()).add(this));
  }

  /**
   * Look at parts of the ranges, null for all; plots of a group share x.
   * @param {Range | null} x
   * @param {Range | null} y
   */
  look(x, y) {
    this.seen = { x, y };
    this.redraw();
    for (const other of groups.get(this.model.get("group")) ?? []) {
      if (other === this) continue;
      other.seen = { x, y: x === null && y === null ? null : other.seen.y };
      other.redraw();
    }
  }

  /**
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   * @param {{ x: boolean, y: boolean }} axes
   */
  zoom(factor, x, y, axes) {
    const { frame, box, seen } = this;
    if (!frame) return;
    const at = { x: (x - box.left) / (box.right - box.left), y: (box.bottom - y) / (box.bottom - box.top) };
    const next = (/** @type {"x" | "y"} */ name) => (axes[name] ? zoomedAbout(frame[name], seen[name] ?? frame[name], at[name], factor) : seen[name]);
    this.look(next("x"), next("y"));
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  moveBy(x, y) {
    const { frame, box, seen } = this;
    if (!frame) return;
    const moved = (/** @type {"x" | "y"} */ name, /** @type {number} */ part) => {
      const range = seen[name];
      if (!range) return null;
      const [start, stop] = endsIn(frame[name], range), by = Math.max(-start, Math.min(1 - stop, part * (stop - start)));
      return partOf(frame[name], start + by, stop + by);
    };
    if (seen.x || seen.y) this.look(moved("x", -x / (box.right - box.left)), moved("y", y / (box.bottom - box.top)));
  }

  /** @param {{ x: number, y: number, width: number, height: number }} corners */
  lookAt({ x, y, width, height }) {
    const { frame, scales } = this;
    if (!frame || !scales) return;
    const part = (/** @type {"x" | "y"} */ name, /** @type {number} */ from, /** @type {number} */ to) => {
      const ends = endsIn(frame[name], { low: scales[name].from(from), high: scales[name].from(to), log: frame[name].log });
      return partOf(frame[name], ends[0], ends[1]);
    };
    this.look(part("x", x, x + width), height > 6 ? part("y", y + height, y) : this.seen.y);
  }

  /** @param {{ x: number, y: number, width: number, height: number } | null} corners */
  outlineBox(corners) {
    const { outline } = this.nodes;
    outline.style.display = corners ? "" : "none";
    if (corners) setAttributes(outline, corners);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { scales, spot, box } = this;
    if (!scales || event.target !== this.figure || withModifier(event)) return;
    const middle = spot ?? { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    if (/^Arrow|^Home$|^End$/.test(event.key)) this.point(nextSpot(this.marks, scales, spot, event.key));
    else if (event.key === "Escape" && spot) this.point(null);
    else if (event.key === "+" || event.key === "=") this.zoom(CLOSER, middle.x, middle.y, { x: true, y: true });
    else if (event.key === "-") this.zoom(1 / CLOSER, middle.x, middle.y, { x: true, y: true });
    else if (event.key === "0") this.look(null, null);
    else if (event.key === "Enter" && spot && this.brushes) this.chooseBin(spot);
    else if (event.key === "Delete" && this.brushes) { this.brush.start(); this.brush.held = false; this.brush.ask(null); }
    else return;
    event.preventDefault();
  }

  /**
   * Choose the bin that is pointed at.
   * @param {Spot} spot
   */
  chooseBin({ mark, place }) {
    const ends = mark.kind === "steps" ? [mark.x[place], mark.x[place + 1]] : mark.kind === "points" ? [mark.x_low[place], mark.x_high[place]] : [0, 0];
    if (!(ends[0] < ends[1])) return;
    this.brush.start();
    this.brush.held = false;
    this.brush.tell([ends[0], ends[1]]);
  }
}

/**
 * The elements of a plot: its head, and its figure with what lies in it.
 * @param {{ clip: string, hatch: string, image: string }} ids
 * @param {Brush} brush
 * @param {() => void} showAll
 */
function nodesOf(ids, brush, showAll) {
  const line = headLine(), head = h("div", { class: "gpnb-plot-head" }, ...line.nodes), clip = drawn("rect");
  const hatch = drawn("pattern", { id: ids.hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(30)" },
    drawn("path", { d: "M0 0V6" }));
  const layers = { grid: drawn("g"), marks: drawn("g"), ring: drawn("g"), texts: drawn("g"), title: drawn("g") };
  const edge = drawn("rect", { class: "gpnb-frame" }), outline = drawn("rect", { class: "gpnb-box" });
  outline.style.display = "none";
  const inside = drawn("g", { "clip-path": `url(#${ids.clip})` }, layers.grid, brush.area, layers.marks, layers.ring, outline);
  const svg = drawn("svg", { "aria-hidden": "true" }, drawn("defs", {}, drawn("clipPath", { id: ids.clip }, clip), hatch),
    inside, edge, layers.texts, layers.title);
  const all = h("button", { type: "button", class: "gpnb-button gpnb-all", hidden: true, onclick: showAll }, "Show all");
  const card = h("div", { class: "gpnb-card", role: "status", hidden: true });
  const figure = h("div", { class: "gpnb-figure", role: "group", tabindex: "0", "aria-roledescription": "plot" });
  figure.append(svg, ...brush.grips, all, card);
  return { line, head, figure, svg, clip, edge, layers, outline, all, card };
}

/**
 * @param {Element} node
 * @param {Record<string, number>} values
 */
function setAttributes(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(coordinate(value)));
}

/** @param {View<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  new Plot(model, el, signal);
  return end;
}

export default { render };
