// @ts-check
// The foot of a panel: state, progress with Cancel, totals, notes; below them one drawer.

import { coloured } from "./code.js";
import { button, h, lifetime, watch } from "./kit.js";
import { markRefused } from "./refused.js";

/** @import { Given, Model } from "./kit.js" */

/** @typedef {"fine" | "attention" | "busy"} Level */
/**
 * What is in a drawer: a text, or what a file may be called.
 * @typedef {object} Drawer
 * @property {"code" | "save" | "detail"} [name] None if it is closed
 * @property {string} text
 * @property {string} path
 * @property {[string, string][]} endings
 */
/**
 * @typedef {object} Traits
 * @property {{ level?: Level, text?: string, detail?: boolean }} status
 * @property {boolean} busy Whether work goes on, also while there is no progress to tell yet
 * @property {{ label?: string, fraction: number }} progress
 * @property {string} verdict What is wrong with what is shown
 * @property {string} remedy The word on the button that would mend it
 * @property {string} totals
 * @property {string[]} notes
 * @property {Drawer} drawer
 * @property {string} refused Why the file that was asked for last was not written
 */

const SIGNS = { fine: "●", attention: "▲", busy: "◐" };

/**
 * @param {string} label
 * @param {HTMLElement[]} row
 * @param {(Node | string)[]} [text]
 */
function drawerOf(label, row, text) {
  return h("div", { class: "gpnb-drawer", role: "region", "aria-label": label }, h("div", { class: "gpnb-row" }, ...row),
    text === undefined ? null : h("pre", { class: "gpnb-code", tabindex: "0" }, ...text));
}

/**
 * @param {string} text
 * @param {HTMLElement} close
 */
function codeDrawer(text, close) {
  const said = h("span", { class: "gpnb-quiet", role: "status" });
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    said.textContent = "copied";
  };
  return drawerOf("Code", [h("b", {}, "The code that makes this panel"), said, button("Copy", "Copy the code", copy), close], coloured(text));
}

/**
 * @param {Model<Traits>} model
 * @param {Drawer} drawer
 * @param {HTMLElement} close
 */
function saveDrawer(model, drawer, close) {
  const path = h("input", { type: "text", class: "gpnb-input", value: drawer.path, size: 32, spellcheck: "false",
    "aria-label": "File name; its ending says what is written" });
  const replace = h("input", { type: "checkbox" });
  const write = () => model.send({ kind: "write", path: path.value, overwrite: replace.checked });
  path.addEventListener("keydown", (event) => { if (event.key === "Enter") write(); });
  const endings = drawer.endings.map(([ending, words]) => button(ending, `${words}: end the name in ${ending}`, () => {
    path.value = path.value.replace(/(\.[A-Za-z]+)?$/, ending);
    path.focus();
  }));
  return drawerOf("Save", [h("b", {}, "Save"), path, ...endings, h("label", { class: "gpnb-label" }, replace, " replace"),
    button("Write", "Write the file", write, { class: "gpnb-button gpnb-primary" }), close]);
}

/**
 * @param {Model<Traits>} model
 * @returns {HTMLElement[]} The open drawer, if there is one
 */
function openDrawer(model) {
  const drawer = model.get("drawer");
  const close = button("Close", "Close this drawer", () => model.send({ kind: "close" }));
  if (drawer.name === "code") return [codeDrawer(drawer.text, close)];
  if (drawer.name === "save") return [saveDrawer(model, drawer, close)];
  if (drawer.name === "detail") return [drawerOf("Details", [h("b", {}, "What went wrong, in full"), close], [drawer.text])];
  return [];
}

/**
 * How far the work is, and Cancel. They stay while the work does: a click must not miss a button made anew meanwhile.
 * @param {Model<Traits>} model
 * @param {AbortSignal} signal
 */
export function progressOf(model, signal) {
  const words = h("span", {}), done = h("span", {});
  const range = h("span", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, class: "gpnb-progress" },
    words, " ", h("span", { class: "gpnb-bar" }, done));
  const cancel = button("Cancel", "Cancel", () => model.send({ kind: "cancel" }));
  const work = h("span", { class: "gpnb-work" }, range, cancel);
  watch(model, signal, ["progress"], () => {
    const { label, fraction } = model.get("progress");
    work.hidden = label === undefined;
    if (label === undefined) return;
    const percent = Math.round(100 * fraction);
    words.textContent = label;
    done.setAttribute("style", `width:${percent}%`);
    range.setAttribute("aria-label", label);
    range.setAttribute("aria-valuenow", String(percent));
    cancel.setAttribute("aria-label", `Cancel: ${label}`);
    cancel.title = `Cancel: ${label}`;
  });
  return work;
}

/**
 * The one thing that is said of the state: what went wrong, else that work goes on, else the verdict.
 * @param {Model<Traits>} model
 * @returns {{ level: Level, text: string, detail: boolean }}
 */
export function stateOf(model) {
  const { level = "fine", text = "", detail = false } = model.get("status"), verdict = model.get("verdict");
  if (level !== "fine") return { level, text, detail };
  if (model.get("busy") || model.get("progress").label !== undefined) return { level: "busy", text: "Working", detail: false };
  if (verdict) return { level: "attention", text: [verdict, text].filter(Boolean).join(" · "), detail: false };
  return { level, text: text || "Ready", detail };
}

/** @param {Given<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const state = h("span", { class: "gpnb-state", role: "status", "aria-live": "polite" });
  const work = progressOf(model, signal), notes = h("span", { class: "gpnb-notes" });
  const totals = h("span", { class: "gpnb-totals", role: "status" });
  const drawer = h("div", {});
  el.classList.add("gpnb-part");
  el.append(h("div", { class: "gpnb-foot" }, state, work, totals, notes), drawer);

  watch(model, signal, ["status", "verdict", "remedy", "busy", "progress"], () => {
    const { level, text, detail } = stateOf(model);
    state.className = `gpnb-state gpnb-${level}`;
    state.replaceChildren(`${SIGNS[level]} ${text}`);
    if (detail) state.append(" ", button("Details", "Show the full traceback", () => model.send({ kind: "detail" }), { class: "gpnb-link" }));
    const remedy = level === "attention" && text.startsWith(model.get("verdict")) && model.get("remedy");
    if (remedy) state.append(" ", button(remedy, `${remedy}: ${model.get("verdict")}`, () => model.send({ kind: "mend" })));
  });
  watch(model, signal, ["totals"], () => { totals.textContent = model.get("totals"); totals.hidden = !totals.textContent; });
  watch(model, signal, ["notes"], () => {
    notes.replaceChildren(...model.get("notes").map((note) => h("span", { class: "gpnb-note" }, `▲ ${note}`)));
  });
  watch(model, signal, ["drawer"], () => drawer.replaceChildren(...openDrawer(model)));
  watch(model, signal, ["refused"], () => markRefused(drawer.querySelector("input[type=text]"), model.get("refused")));
  return end;
}

export default { render };
