// @ts-check
// One row a parameter: name (opens value and limits), slider, value with its error, freeze.
// Changes are called by what changed and the parameter: "place/index".

import { button, h, keepKeys, lifetime, watch, withModifier } from "./kit.js";
import { sender } from "./changes.js";
import { refusable } from "./refused.js";
import { slider } from "./slider.js";

/** @import { Given } from "./kit.js" */
/** @import { Changed, Sender } from "./changes.js" */

/**
 * @typedef {object} Item
 * @property {string} name
 * @property {string} label
 * @property {number} place Of the slider, of this many steps
 * @property {number} steps
 * @property {string} text The value with its error
 * @property {string} unit
 * @property {boolean} frozen
 * @property {boolean} linked
 * @property {string} value
 * @property {string} min
 * @property {string} max
 * @property {string} note
 */

/** @typedef {(kind: string, value: unknown) => void} Put */
/** @typedef {(kind: string) => string | undefined} Why Why an entry was refused */

/** @type {["value" | "min" | "max", string][]} */
const ENDS = [["value", "Value"], ["min", "Least"], ["max", "Largest"]];

/**
 * The name, which opens fields for value and limits.
 * @param {string} label
 * @param {Put} put
 * @param {(kind: string) => void} forget
 */
function editor(label, put, forget) {
  const name = button(label, `Value and limits of ${label}`, () => open(Boolean(box.hidden)), { class: "gpnb-name", "aria-expanded": "false" });
  const fields = ENDS.map(([kind, word]) => {
    const node = h("input", { type: "text", class: "gpnb-input", size: 9, spellcheck: "false", "aria-label": `${word} ${label}`,
      placeholder: kind === "value" ? "" : "none" });
    node.addEventListener("change", () => put(kind, node.value));
    return node;
  });
  const shows = ENDS.map(([kind], place) => refusable(fields[place], () => forget(kind)));
  const labels = ENDS.map(([, word], place) => h("label", { class: "gpnb-label" }, h("span", {}, word), fields[place]));
  const box = h("div", { class: "gpnb-parameter-edit", hidden: true }, ...labels);
  const open = (/** @type {boolean} */ is) => {
    box.hidden = !is;
    name.setAttribute("aria-expanded", String(is));
    if (is) fields[0].focus();
  };
  const show = (/** @type {Item} */ now, /** @type {Why} */ why) => ENDS.forEach(([kind], place) => shows[place](now[kind], why(kind)));
  return { name, box, show };
}

/**
 * Lets a parameter go, or holds it.
 * @param {string} label
 * @param {Put} put
 */
function freezer(label, put) {
  const turn = () => put("frozen", node.getAttribute("aria-pressed") !== "true");
  const node = button("○", "", turn, { class: "gpnb-freeze" });
  const show = (/** @type {Item} */ now) => {
    node.textContent = now.frozen ? "‖" : "○";
    node.disabled = now.linked;
    node.setAttribute("aria-pressed", String(now.frozen));
    node.setAttribute("aria-label", `Freeze ${label}`);
    node.title = now.frozen ? `${label} is frozen: let it free (F)` : `Freeze ${label} (F)`;
  };
  return { node, turn, show };
}

/**
 * @param {Item} item
 * @param {Sender} out
 * @returns {[HTMLElement, (now: Item, why: Why) => void]}
 */
function parameter(item, out) {
  const { label } = item;
  /** @type {Put} */
  const put = (kind, value) => { out.start(); out.send(`${kind}/${item.name}`, value); };
  const edit = editor(label, put, (kind) => out.forget(`${kind}/${item.name}`)), freeze = freezer(label, put);
  const place = slider(label, { min: 0, max: item.steps, step: 1 }, out, `place/${item.name}`);
  const text = h("span", { class: "gpnb-number-text" }), unit = h("span", { class: "gpnb-unit" });
  place.node.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "f" && !withModifier(event)) {
      freeze.turn();
      event.preventDefault();
    } else if (!event.repeat) out.start();
  });
  const node = h("div", { class: "gpnb-parameter", role: "group", "aria-label": label }, edit.name, place.node,
    h("span", { class: "gpnb-parameter-value" }, text, unit), freeze.node, edit.box);
  return [node, (now, why) => {
    place.show(now.place, 1);
    place.node.disabled = now.linked;
    place.node.setAttribute("aria-valuetext", `${now.text} ${now.unit}`.trim());
    place.node.title = now.note;
    text.textContent = now.text;
    unit.textContent = now.unit;
    node.classList.toggle("gpnb-frozen", now.frozen || now.linked);
    freeze.show(now);
    edit.show(now, why);
  }];
}

/** @param {Given<{ items: Item[] } & Changed>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const list = h("div", { class: "gpnb-parameters" });
  el.classList.add("gpnb-part");
  el.append(list);
  keepKeys(list, signal);
  const out = sender(model);
  let made = "";
  /** @type {ReturnType<typeof parameter>[]} */
  let parts = [];
  watch(model, signal, ["items", "refused"], () => {
    const items = model.get("items"), refused = model.get("refused"), names = JSON.stringify(items.map((item) => [item.name, item.label]));
    if (names !== made) {
      parts = items.map((item) => parameter(item, out));
      list.replaceChildren(...parts.map(([node]) => node));
      made = names;
    }
    items.forEach((item, place) => parts[place][1](item, (kind) => refused[`${kind}/${item.name}`]));
  });
  return end;
}

export default { render };
