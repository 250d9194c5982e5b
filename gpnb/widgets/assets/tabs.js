// @ts-check
// Tabs: one is chosen; arrow keys go from one to the next.

import { h, lifetime, watch, withModifier } from "./kit.js";

/** @import { Given } from "./kit.js" */

/** @typedef {{ label: string, tabs: [string, string][], chosen: string }} Traits */

/** @param {Given<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const list = h("div", { class: "gpnb-tabs", role: "tablist" });
  el.classList.add("gpnb-part");
  el.append(list);
  /** @type {HTMLButtonElement[]} */
  let nodes = [];
  let made = "";
  const mark = (/** @type {string} */ chosen) => nodes.forEach((node) => {
    const here = node.dataset.name === chosen;
    node.setAttribute("aria-selected", String(here));
    node.setAttribute("tabindex", here ? "0" : "-1");
    node.classList.toggle("gpnb-coming", here && chosen !== model.get("chosen"));
  });
  const choose = (/** @type {string} */ name) => {
    mark(name); // at once, with a sign that what belongs to it is still to come
    model.send({ kind: "choose", name });
  };
  const tab = (/** @type {[string, string]} */ [name, word]) => h("button", { type: "button", role: "tab", class: "gpnb-tab",
    "data-name": name, onclick: () => choose(name) }, word);
  list.addEventListener("keydown", (event) => {
    const place = nodes.findIndex((node) => node === document.activeElement);
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: nodes.length - 1 };
    if (!(event.key in steps) || place < 0 || withModifier(event)) return;
    const next = (steps[event.key] + nodes.length) % nodes.length;
    nodes[next].focus();
    choose(model.get("tabs")[next][0]);
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  watch(model, signal, ["label"], () => list.setAttribute("aria-label", model.get("label")));
  watch(model, signal, ["tabs", "chosen"], () => {
    const tabs = model.get("tabs");
    if (JSON.stringify(tabs) !== made) {
      nodes = tabs.map(tab);
      list.replaceChildren(...nodes);
      made = JSON.stringify(tabs);
    }
    mark(model.get("chosen"));
  });
  return end;
}

export default { render };
