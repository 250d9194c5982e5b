// @ts-check
// The head of a panel: title, facts, tools, and the chips of the selection.

import { button, h, lifetime, watch } from "./kit.js";
import { tellEnd } from "./ended.js";
import { markRefused } from "./refused.js";
import { tellSight } from "./sight.js";

/** @import { Given, Model } from "./kit.js" */

/** @typedef {{ name: string, title: string, text: string, typed: string, example: string }} Chip */
/**
 * @typedef {object} Traits
 * @property {string} title
 * @property {string} facts
 * @property {Record<string, boolean | string>} tools Which can be used; "open": whose drawer is
 * @property {Chip[]} chips
 * @property {string} count
 * @property {{ why?: string }} answer To the last chip that was typed: why it was refused
 */

const TOOLS = [
  ["undo", "Undo", "Undo (Ctrl-Z)"],
  ["redo", "Redo", "Redo (Ctrl-Shift-Z)"],
  ["code", "Code", "Show the code that makes this panel"],
  ["save", "Save", "Save the picture or the data"],
  ["expand", "Expand", "Fill the screen (Escape to leave)"],
];
const FIELDS = "input[type=text], input[type=number]";

/**
 * @param {Model<Traits>} model
 * @param {HTMLElement} root The whole panel
 * @param {AbortSignal} signal
 */
function listenKeys(model, root, signal) {
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes Ctrl-Z first
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // or the notebook takes the focus away
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target instanceof Element && event.target.matches(FIELDS)) return; // the field's own undo
    event.preventDefault();
    model.send({ kind: event.shiftKey ? "redo" : "undo" });
  }, { signal });
}

/**
 * @param {Model<Traits>} model
 * @param {Chip} chip
 * @param {() => void} edit
 */
function chipView(model, chip, edit) {
  if (!chip.text) {
    return button(`+ ${chip.title.toLowerCase()}`, `Restrict the ${chip.title.toLowerCase()}`, edit,
      { class: "gpnb-chip gpnb-chip-add" });
  }
  return h("span", { class: "gpnb-chip" },
    h("span", { class: "gpnb-quiet" }, chip.title), " ", h("span", {}, chip.text),
    button("edit", `Edit ${chip.title}`, edit, { class: "gpnb-link" }),
    button("×", `Remove ${chip.title}`, () => model.send({ kind: "chip", name: chip.name, text: "" }),
      { class: "gpnb-link gpnb-remove" }));
}

/**
 * @param {Chip} chip
 * @param {(text: string) => void} ask
 * @param {() => void} close
 */
function chipEditor(chip, ask, close) {
  const input = h("input", { type: "text", class: "gpnb-input", value: chip.typed, size: Math.max(24, chip.typed.length),
    "aria-label": `${chip.title}, such as ${chip.example}`, placeholder: chip.example, spellcheck: "false" });
  const set = () => ask(input.value);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter") set();
  });
  return h("span", { class: "gpnb-chip gpnb-chip-open" }, h("span", { class: "gpnb-quiet" }, chip.title), input,
    button("set", `Set ${chip.title}`, set, { class: "gpnb-link" }),
    button("×", "Leave it as it was", close, { class: "gpnb-link" }));
}

/**
 * The chips of the selection, one of which may be edited, and a count beside them.
 * @param {Model<Traits>} model
 * @param {AbortSignal} signal
 */
function chipRow(model, signal) {
  const row = h("div", { class: "gpnb-chips", role: "group", "aria-label": "Selection" });
  const count = h("span", { class: "gpnb-count gpnb-quiet", role: "status" });
  /** @type {string | null} */
  let open = null;
  let asked = false; // what was typed waits for its answer
  const edit = (/** @type {Chip} */ chip) => { open = chip.name; draw(); row.querySelector("input")?.select(); };
  const close = (/** @type {Chip} */ chip) => {
    open = null;
    draw();
    /** @type {HTMLElement | null} */ (row.querySelector(`[data-chip=${chip.name}] button`))?.focus();
  };
  const ask = (/** @type {Chip} */ chip, /** @type {string} */ text) => {
    asked = true;
    model.send({ kind: "chip", name: chip.name, text });
  };
  const draw = () => {
    const chips = model.get("chips");
    row.hidden = chips.length === 0;
    row.replaceChildren(...chips.map((chip) => (open === chip.name
      ? chipEditor(chip, (text) => ask(chip, text), () => close(chip)) : chipView(model, chip, () => edit(chip)))), count);
    chips.forEach((chip, place) => row.children[place].setAttribute("data-chip", chip.name));
  };
  watch(model, signal, ["chips"], draw);
  watch(model, signal, ["answer"], () => {
    const chip = model.get("chips").find(({ name }) => name === open), { why = "" } = model.get("answer");
    if (asked && chip && !why) close(chip);
    if (asked && why) markRefused(row.querySelector("input"), why);
    asked = false;
  });
  watch(model, signal, ["count"], () => { count.textContent = model.get("count"); count.hidden = !count.textContent; });
  return row;
}

/**
 * @param {Model<Traits>} model
 * @param {AbortSignal} signal
 * @param {() => Element | null} panel
 */
function toolBar(model, signal, panel) {
  const use = (/** @type {string} */ name) => {
    if (name !== "expand") model.send({ kind: name });
    else if (document.fullscreenElement) document.exitFullscreen();
    else panel()?.requestFullscreen();
  };
  const buttons = TOOLS.map(([name, word, hint]) => button(word, hint, () => use(name)));
  watch(model, signal, ["tools"], () => {
    const tools = model.get("tools");
    TOOLS.forEach(([name], place) => {
      buttons[place].disabled = tools[name] === false;
      if (name === "code" || name === "save") buttons[place].setAttribute("aria-expanded", String(tools.open === name));
    });
  });
  return h("span", { class: "gpnb-tools", role: "toolbar", "aria-label": "Panel" }, ...buttons);
}

/** @param {Given<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const panel = () => /** @type {HTMLElement | null} */ (el.closest(".gpnb-live"));
  const title = h("b", { class: "gpnb-title" }), facts = h("span", { class: "gpnb-facts" });
  el.classList.add("gpnb-part");
  el.append(h("div", { class: "gpnb-head" }, title, facts, toolBar(model, signal, panel)), chipRow(model, signal));
  watch(model, signal, ["title", "facts"], () => {
    title.textContent = model.get("title");
    facts.textContent = model.get("facts");
    facts.title = model.get("facts");
  });
  const settle = () => {
    const root = panel();
    if (root) {
      listenKeys(model, root, signal);
      tellSight(model, root, signal);
      tellEnd(root, signal);
    } else if (!signal.aborted) requestAnimationFrame(settle); // not in the page yet
  };
  settle();
  return end;
}

export default { render };
