// @ts-check
// A row of labelled controls.

import { button, h, keepKeys, lifetime, watch } from "./kit.js";
import { sender } from "./changes.js";
import { addMark } from "./flatsky/markers.js";
import { refusable } from "./refused.js";
import { slider } from "./slider.js";

/** @import { Marker } from "./flatsky/markers.js" */
/** @import { Given } from "./kit.js" */
/** @import { Changed, Sender } from "./changes.js" */

/** @typedef {"select" | "range" | "number" | "text" | "check" | "button" | "toggle" | "chip" | "box"} Kind */

/**
 * One control; what else there is depends on its kind.
 * @typedef {object} Item
 * @property {string} name
 * @property {Kind} kind
 * @property {string} label
 * @property {any} value
 * @property {[unknown, string][]} options Value and word of each, of a select
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {string} [text] The value of a range in words, what a field has found
 * @property {boolean} [live] Whether a field tells while one types
 * @property {string} [hint]
 * @property {number} [size]
 * @property {boolean} [play] Whether a range can step by itself
 * @property {boolean} [whole] Of a range with a button "All": whether all is chosen
 * @property {string} [box] The box that it is kept in
 * @property {string} [colour] Of a chip
 * @property {string} [next_colour]
 * @property {Marker} [marker]
 * @property {boolean} [primary]
 * @property {boolean} [disabled]
 */

/** @typedef {[HTMLElement, (now: Item, why?: string) => void]} Shown An element, and what shows another value in it */
/** @typedef {(item: Item, out: Sender) => Shown} Maker */

/** @type {Maker} */
function select(item, out) {
  let { options } = item;
  const words = () => options.map(([, word]) => h("option", {}, word));
  const node = h("select", { class: "gpnb-select", "aria-label": item.label, onchange: () => {
    out.start();
    out.send(item.name, options[node.selectedIndex][0]);
  } }, ...words());
  return [node, (now) => {
    ({ options } = now);
    node.replaceChildren(...words());
    node.selectedIndex = options.findIndex(([value]) => JSON.stringify(value) === JSON.stringify(now.value));
  }];
}

/**
 * Steps a slider by itself until it is stopped, or is in no page any more.
 * @param {HTMLInputElement} node
 * @param {Item} item
 * @param {Sender} out
 */
function player(node, item, out) {
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; show(); };
  const start = () => { out.start(); timer = setInterval(step, 600); show(); };
  const step = () => {
    if (!node.isConnected) return stop();
    if (!node.disabled) node.value = Number(node.value) >= Number(node.max) ? node.min : String(Number(node.value) + Number(node.step));
    return out.send(item.name, Number(node.value));
  };
  const press = button("▶", `Play ${item.label}`, () => (timer ? stop() : start()), { class: "gpnb-button gpnb-play" });
  const show = () => {
    press.textContent = timer ? "❚❚" : "▶";
    press.setAttribute("aria-pressed", String(Boolean(timer)));
  };
  show();
  return press;
}

/**
 * The button beside a slider that chooses all; without it, what the slider stands at is chosen.
 * @param {HTMLInputElement} node
 * @param {Item} item
 * @param {Sender} out
 */
function wholeButton(node, item, out) {
  return button("All", `All of ${item.label}`, () => { out.start(); out.send(item.name, node.disabled ? Number(node.value) : null); },
    { class: "gpnb-button gpnb-all-of" });
}

/** @type {Maker} */
function range(item, out) {
  const words = h("output", { class: "gpnb-value" });
  const { node, show } = slider(item.label, { min: item.min, max: item.max, step: item.step }, out, item.name);
  node.addEventListener("keydown", (event) => { if (!event.repeat) out.start(); });
  const all = wholeButton(node, item, out);
  return [h("span", { class: "gpnb-control" }, node, all, item.play ? player(node, item, out) : null, words), (now) => {
    Object.assign(node, { min: now.min, max: now.max, step: now.step, disabled: Boolean(now.disabled || now.whole) });
    all.hidden = now.whole === undefined;
    all.setAttribute("aria-pressed", String(Boolean(now.whole)));
    show(now.value, 1e-3 * Math.abs(now.step));
    words.textContent = now.text ?? String(now.value);
    node.setAttribute("aria-valuetext", words.textContent);
  }];
}

const TYPED = 200; // ms after the last key

/**
 * Tells while one types; all of it is one gesture, until the field is left.
 * @param {HTMLInputElement} node
 * @param {() => void} tell
 */
function whileTyping(node, tell) {
  let timer = 0;
  node.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(tell, TYPED); });
  node.addEventListener("change", () => clearTimeout(timer));
}

/** @type {Maker} */
function field(item, out) {
  const number = item.kind === "number";
  const node = h("input", { type: item.kind, class: "gpnb-input", "aria-label": item.label, placeholder: item.hint,
    size: item.size ?? 8, step: item.step ?? "any", spellcheck: "false" });
  const words = h("output", { class: "gpnb-quiet" });
  const show = refusable(node, () => out.forget(item.name));
  let last = item.value;
  const tell = () => {
    if (node.validity.badInput) last = "that"; // letters in a number field, which it does not give away
    else last = number && node.value !== "" ? Number(node.value) : number ? null : node.value;
    out.send(item.name, last);
  };
  if (item.live) {
    node.addEventListener("focus", () => out.start());
    whileTyping(node, tell);
  }
  node.addEventListener("change", () => { if (!item.live) out.start(); tell(); });
  return [h("span", { class: "gpnb-control" }, node, words), (now, why) => {
    show(now.value === null ? "" : String(now.value), why, item.live && now.value === last);
    words.textContent = now.text ?? "";
    words.hidden = !now.text;
  }];
}

/** @type {Maker} */
function check(item, out) {
  const node = h("input", { type: "checkbox", "aria-label": item.label,
    onchange: () => { out.start(); out.send(item.name, node.checked); } });
  return [node, (now) => { node.checked = now.value; }];
}

/** @type {Maker} */
function push(item, out) {
  let count = 0;
  const more = item.primary ? { class: "gpnb-button gpnb-primary" } : {};
  const node = button(item.label, item.hint ?? item.label, () => { out.start(); count += 1; out.send(item.name, count); }, more);
  return [node, (now) => { node.disabled = Boolean(now.disabled); node.textContent = now.label; }];
}

/** @type {Maker} */
function toggle(item, out) {
  const node = button(item.label, item.hint ?? item.label, () => {
    out.start();
    out.send(item.name, node.getAttribute("aria-pressed") !== "true");
  });
  return [node, (now) => {
    node.disabled = Boolean(now.disabled);
    node.setAttribute("aria-pressed", String(Boolean(now.value)));
  }];
}

/** @type {Maker} */
function chip(item, out) {
  let now = item, count = 0;
  const send = (/** @type {string} */ what, /** @type {unknown} */ value) => { out.start(); out.send(`${what}/${item.name}`, value); };
  const sign = h("canvas", { width: "32", height: "32", "aria-hidden": "true" }), seen = h("span", { class: "gpnb-quiet" });
  const mark = button("", `Another colour for ${item.label}`, () => send("colour", now.next_colour), { class: "gpnb-link gpnb-chip-mark" });
  const name = button(item.label, `Show ${item.label}`, () => send("show", !now.value), { class: "gpnb-chip-name" });
  const gone = button("×", `Remove ${item.label}`, () => { count += 1; send("remove", count); }, { class: "gpnb-link gpnb-remove" });
  mark.replaceChildren(sign);
  return [h("span", { class: "gpnb-chip" }, mark, name, seen, gone), (told) => {
    now = told;
    seen.textContent = now.text ?? "";
    name.setAttribute("aria-pressed", String(Boolean(now.value)));
    paintMark(sign, now.marker ?? "dot", now.colour ?? "");
  }];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Marker} marker
 * @param {string} colour
 */
function paintMark(canvas, marker, colour) {
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.clearRect(0, 0, canvas.width, canvas.height);
  g.beginPath();
  if (marker === "dot") g.arc(16, 16, 8, 0, 7);
  else addMark(g, marker, 16, 16, 10);
  Object.assign(g, { strokeStyle: "#000000a6", fillStyle: colour, lineWidth: 8 });
  g.stroke();
  Object.assign(g, { strokeStyle: colour, lineWidth: 4 });
  if (marker === "dot") g.fill();
  else g.stroke();
}

/**
 * The button that opens the box of its name.
 * @type {Maker}
 */
function opener(item) {
  const node = button("", item.hint ?? item.label, () => node.setAttribute("aria-expanded", String(node.getAttribute("aria-expanded") !== "true")),
    { class: "gpnb-button gpnb-opener", "aria-expanded": "false", "data-opens": item.name });
  return [node, (now) => { node.textContent = `${[now.label, now.text].filter(Boolean).join(": ")} ▾`; }];
}

/** @type {Record<Kind, Maker>} */
const MAKERS = { select, range, number: field, text: field, check, button: push, toggle, chip, box: opener };

/**
 * A control with its label, in its place.
 * @param {Item} item
 * @param {Shown} shown
 */
function placed(item, [node]) {
  return ["button", "toggle", "chip", "box"].includes(item.kind) ? node : h("label", { class: "gpnb-label" }, h("span", {}, item.label), node);
}

/**
 * Put controls into the row, or into the box below that they are kept in; the focus stays where it is.
 * @param {HTMLElement} row
 * @param {HTMLElement} boxes
 * @param {Item[]} items
 * @param {HTMLElement[]} nodes
 */
function arrange(row, boxes, items, nodes) {
  const active = document.activeElement, held = row.contains(active) || boxes.contains(active);
  const within = (/** @type {string | undefined} */ name) => nodes.filter((_, place) => items[place].box === name);
  row.replaceChildren(...within(undefined));
  boxes.replaceChildren(...items.filter(({ kind }) => kind === "box").map(({ name }) => h("div", { class: "gpnb-controls gpnb-box-of", "data-box": name }, ...within(name))));
  if (held && active instanceof HTMLElement) active.focus();
}

/**
 * @param {HTMLElement} row
 * @param {HTMLElement} boxes
 */
function showOpen(row, boxes) {
  for (const box of boxes.querySelectorAll("[data-box]")) {
    const opens = row.querySelector(`[data-opens="${box.getAttribute("data-box")}"]`);
    box.toggleAttribute("hidden", opens?.getAttribute("aria-expanded") !== "true");
  }
}

/** @param {Given<{ items: Item[] } & Changed>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const row = h("div", { class: "gpnb-controls" }), boxes = h("div", {});
  el.classList.add("gpnb-part");
  el.append(row, boxes);
  keepKeys(el, signal);
  row.addEventListener("click", () => showOpen(row, boxes), { signal });
  const out = sender(model);
  let made = "";
  /** @type {Map<string, { shown: Shown, node: HTMLElement }>} What stays keeps its element, and whether its box is open */
  let parts = new Map();
  const make = (/** @type {Item} */ item) => {
    const shown = MAKERS[item.kind](item, out);
    return { shown, node: placed(item, shown) };
  };
  watch(model, signal, ["items", "refused"], () => {
    const items = model.get("items"), refused = model.get("refused");
    const keys = items.map((item) => JSON.stringify([item.name, item.kind, item.label, item.box])), kinds = keys.join();
    const now = items.map((item, place) => parts.get(keys[place]) ?? make(item));
    if (kinds !== made) {
      arrange(row, boxes, items, now.map(({ node }) => node));
      showOpen(row, boxes);
      parts = new Map(now.map((part, place) => [keys[place], part]));
      made = kinds;
    }
    items.forEach((item, place) => now[place].shown[1](item, refused[item.name]));
  });
  return end;
}

export default { render };
