// @ts-check
// What all parts share: elements, traits, the life of a view. Texts are set as text, never as HTML.

/**
 * The model of a widget, its traits being those of T.
 * @template {object} T
 * @typedef {{
 *   get: <K extends keyof T & string>(name: K) => T[K],
 *   set: <K extends keyof T & string>(name: K, value: T[K]) => void,
 *   save_changes: () => void,
 *   send: (message: object) => void,
 *   on: (names: string, act: (...given: any[]) => void) => void,
 *   off: (names: string, act: (...given: any[]) => void) => void,
 * }} Model
 */

/**
 * What anywidget renders a view with.
 * @template {object} T
 * @typedef {{ model: Model<T>, el: HTMLElement, signal?: AbortSignal }} Given
 */

/** @typedef {string | Node | null | undefined} Child */

/**
 * An element; attributes without a value are left out, those that begin with "on" listen.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") Object.assign(node, { value });
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== undefined && child !== null) node.append(child);
  return node;
}

/**
 * @param {string} label
 * @param {string} name What it is called by those who do not see it
 * @param {() => void} onclick
 * @param {Record<string, any>} [more]
 */
export function button(label, name, onclick, more = {}) {
  return h("button", { type: "button", class: "gpnb-button", "aria-label": name, title: name, onclick, ...more }, label);
}

/**
 * Redraw on changes of some traits, now and later; stops when the view goes.
 * @template {object} T
 * @param {Model<T>} model
 * @param {AbortSignal} signal
 * @param {(keyof T & string)[]} names
 * @param {() => void} draw
 */
export function watch(model, signal, names, draw) {
  const events = names.map((name) => `change:${name}`).join(" ");
  model.on(events, draw);
  signal.addEventListener("abort", () => model.off(events, draw));
  draw();
}

/**
 * The life of a view: anywidget gives a signal from 0.10 on; older ones call the function that render returns.
 * @param {AbortSignal | undefined} signal
 */
export function lifetime(signal) {
  if (signal) return { signal, end: undefined };
  const own = new AbortController();
  return { signal: own.signal, end: () => own.abort() };
}

/**
 * Keep keys from JupyterLab, which takes arrows and letters; those with Ctrl, such as Ctrl-Z, go on to the panel.
 * @param {HTMLElement} node
 * @param {AbortSignal} signal
 */
export function keepKeys(node, signal) {
  node.addEventListener("keydown", (event) => { if (!withModifier(event)) event.stopPropagation(); }, { signal });
}

/** @param {KeyboardEvent} event */
export function withModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
