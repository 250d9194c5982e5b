// @ts-check
// A table that is sorted and chosen from, by mouse and keyboard.

import { h, lifetime, watch } from "./kit.js";

/** @import { Given, Model } from "./kit.js" */

/** @typedef {string | number} Key */
/** @typedef {{ name: string, title: string, unit: string, number: boolean }} Column */
/** @typedef {{ key: Key | null, cells: string[], flag: string, tint?: string }} Item */
/**
 * @typedef {object} Traits
 * @property {string} label
 * @property {Column[]} columns
 * @property {Item[]} rows
 * @property {number[] | null} order
 * @property {{ by?: string, ascending?: boolean }} sort
 * @property {Key[]} chosen
 * @property {number | null} pointed
 * @property {boolean} many
 * @property {string} empty
 * @property {string} fold The line behind which it is folded away; empty if it is not
 */
/** @typedef {{ node: HTMLTableRowElement, item: Item }} Row */

const FIRST = 120; // rows that are laid out at once; a thousand take a quarter of a second

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/**
 * @param {Model<Traits>} model
 * @param {Column} column
 */
function head(model, column) {
  const sort = model.get("sort");
  const words = [column.title, column.unit ? h("span", { class: "gpnb-unit" }, ` (${column.unit})`) : null];
  const kind = column.number ? "gpnb-number" : "";
  if (!column.name) return h("th", { scope: "col", class: kind }, ...words);
  const here = sort.by === column.name;
  return h("th", { scope: "col", class: kind, "aria-sort": here ? (sort.ascending ? "ascending" : "descending") : "none" },
    h("button", { type: "button", class: "gpnb-sort", title: `Sort by ${column.title}`, "data-name": column.name,
      onclick: () => model.send({ kind: "sort", name: column.name }) }, ...words, here ? (sort.ascending ? " ▴" : " ▾") : ""));
}

/**
 * @param {Item} item
 * @param {Column[]} columns
 * @returns {Row}
 */
function makeRow(item, columns) {
  const flag = item.flag ? h("span", { class: "gpnb-attention", role: "img", title: item.flag, "aria-label": item.flag }, " ▲") : null;
  const tint = item.tint ? h("span", { class: "gpnb-tint", style: `background:${item.tint}`, "aria-hidden": "true" }) : null;
  const cells = item.cells.map((cell, place) => h("td", { class: columns[place]?.number ? "gpnb-number" : "", title: cell },
    place === 0 ? tint : null, cell, place === 0 ? flag : null));
  return { node: h("tr", item.key === null ? {} : { tabindex: "-1", "data-key": item.key }, ...cells), item };
}

/** The cells of a row go to the clipboard, as a spreadsheet takes them. @param {Row} row */
function copy(row) {
  if (!window.getSelection()?.toString()) navigator.clipboard.writeText(row.item.cells.join("\t"));
}

class Table {
  /**
   * @param {Model<Traits>} model
   * @param {HTMLElement} el
   * @param {AbortSignal} signal
   */
  constructor(model, el, signal) {
    this.model = model;
    /** @type {Row[]} */
    this.all = [];
    /** @type {Row[]} */
    this.shown = [];
    /** @type {Row | null} Where a span begins */
    this.from = null;
    /** @type {Row | null} */
    this.active = null;
    /** @type {Row | undefined} The row that is pointed at */
    this.lit = undefined;
    this.later = 0;
    this.top = h("tr");
    this.rows = h("tbody");
    this.table = h("table", {}, h("thead", {}, this.top), this.rows);
    this.none = h("p", { class: "gpnb-quiet", role: "status", hidden: true });
    this.wide = h("div", { class: "gpnb-wide" }, this.table);
    this.sheet = h("div", { class: "gpnb-sheet" }, this.wide);
    el.classList.add("gpnb-part");
    this.place = h("div", {}, this.sheet);
    el.append(this.place, this.none);
    this.listen(signal);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { model } = this;
    const size = new ResizeObserver(() => this.reach());
    size.observe(this.wide);
    size.observe(this.table);
    signal.addEventListener("abort", () => size.disconnect());
    this.wide.addEventListener("scroll", () => this.reach(), { signal, passive: true });
    this.rows.addEventListener("click", (event) => this.click(event), { signal });
    this.rows.addEventListener("keydown", (event) => this.key(event), { signal });
    watch(model, signal, ["label", "empty"], () => this.name());
    watch(model, signal, ["fold"], () => {
      const words = model.get("fold");
      this.place.replaceChildren(words ? h("details", { class: "gpnb-folded" }, h("summary", {}, words), this.sheet) : this.sheet);
    });
    watch(model, signal, ["columns", "sort"], () => this.heads());
    watch(model, signal, ["columns", "rows"], () => this.make()); // the nodes of rows are kept: sorting only moves them
    watch(model, signal, ["order"], () => this.arrange());
    watch(model, signal, ["chosen"], () => this.mark());
    watch(model, signal, ["pointed"], () => this.light());
    this.rows.addEventListener("pointerover", (event) => this.point(this.rowOf(event.target)), { signal });
    this.rows.addEventListener("pointerleave", () => this.point(undefined), { signal });
    this.rows.addEventListener("focusin", (event) => this.point(this.rowOf(event.target)), { signal });
    this.rows.addEventListener("focusout", () => this.point(undefined), { signal });
  }

  name() {
    this.table.setAttribute("aria-label", this.model.get("label"));
    this.none.textContent = this.model.get("empty");
  }

  /** Whether there is more to the right or below; a table without rows to choose is scrolled by the arrow keys then. */
  reach() {
    const { scrollWidth, clientWidth, scrollLeft, scrollHeight, clientHeight, scrollTop } = this.wide;
    const scrolls = scrollWidth > clientWidth + 1;
    this.sheet.classList.toggle("gpnb-scrolls", scrolls);
    this.sheet.classList.toggle("gpnb-more-right", scrolls && scrollLeft + clientWidth < scrollWidth - 1);
    this.sheet.classList.toggle("gpnb-more-below", scrollTop + clientHeight < scrollHeight - 1);
    if (!this.active && (scrolls || scrollHeight > clientHeight + 1)) this.wide.setAttribute("tabindex", "0");
    else this.wide.removeAttribute("tabindex");
  }

  heads() {
    const columns = this.model.get("columns"), active = document.activeElement;
    const focused = active instanceof HTMLElement && this.top.contains(active) ? active.dataset.name : undefined;
    this.sheet.hidden = columns.length === 0;
    this.top.replaceChildren(...columns.map((column) => head(this.model, column)));
    if (!focused) return;
    /** @type {HTMLElement | null} */ (this.top.querySelector(`[data-name="${CSS.escape(focused)}"]`))?.focus();
  }

  make() {
    const columns = this.model.get("columns"), items = this.model.get("rows");
    this.all = items.map((item) => makeRow(item, columns));
    if (items.some((item) => item.key !== null)) {
      this.table.setAttribute("role", "grid");
      this.table.setAttribute("aria-multiselectable", "true");
    }
    this.arrange();
    this.light();
  }

  /**
   * The row that a node is in, if it is one of these.
   * @param {EventTarget | null} node
   */
  rowOf(node) {
    const line = node instanceof Element ? node.closest("tr") : null;
    return this.shown.find((row) => row.node === line);
  }

  arrange() {
    const order = this.model.get("order");
    const focused = this.rows.contains(document.activeElement) ? this.rowOf(document.activeElement)?.item.key : undefined;
    this.shown = order === null ? this.all : order.map((place) => this.all[place]).filter(Boolean);
    clearTimeout(this.later);
    this.rows.replaceChildren(...this.shown.slice(0, FIRST).map((row) => row.node));
    if (this.shown.length > FIRST) this.later = setTimeout(() => this.fill(), 100);
    this.none.hidden = this.shown.length > 0 || !this.model.get("empty");
    this.mark();
    if (focused !== undefined) this.focus(this.shown.find((row) => row.item.key === focused));
  }

  fill() {
    clearTimeout(this.later);
    if (this.rows.childElementCount < this.shown.length) this.rows.append(...this.shown.slice(FIRST).map((row) => row.node));
  }

  /** One row is in the order of Tab: the one that had the focus, else the first that is chosen, else the first. */
  mark() {
    const chosen = new Set(this.model.get("chosen"));
    const isChosen = (/** @type {Row} */ { item }) => item.key !== null && chosen.has(item.key);
    for (const row of this.all) {
      const now = String(isChosen(row));
      if (row.item.key !== null && row.node.getAttribute("aria-selected") !== now) row.node.setAttribute("aria-selected", now);
    }
    const known = this.active && this.shown.includes(this.active) ? this.active : null;
    this.activate(known ?? this.shown.find(isChosen) ?? this.shown[0]);
  }

  /** Tell which row is pointed at: what shows the same lights up elsewhere. @param {Row | undefined} row */
  point(row) {
    const place = row ? this.all.indexOf(row) : null;
    if (place === this.model.get("pointed")) return;
    this.model.set("pointed", place);
    this.model.save_changes();
    this.light();
  }

  light() {
    const lit = this.all[this.model.get("pointed") ?? -1];
    if (this.lit !== lit) this.lit?.node.classList.remove("gpnb-pointed");
    this.lit = lit;
    lit?.node.classList.add("gpnb-pointed");
  }

  /** @param {Row | undefined} row */
  activate(row) {
    this.active?.node.setAttribute("tabindex", "-1");
    this.active = row && row.item.key !== null ? row : null;
    this.active?.node.setAttribute("tabindex", "0");
  }

  /** @param {Row | undefined} row */
  focus(row) {
    if (!row || row.item.key === null) return;
    this.activate(row);
    if (!row.node.isConnected) this.fill();
    row.node.focus({ preventScroll: true });
    row.node.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Row | undefined} row
   * @param {boolean} add To what is chosen
   * @param {boolean} span All from the one that was chosen last
   */
  choose(row, add, span) {
    if (!row || row.item.key === null) return;
    this.activate(row);
    if (span && this.model.get("many") && this.from && this.shown.includes(this.from)) {
      const [low, high] = [this.shown.indexOf(this.from), this.shown.indexOf(row)].sort((a, b) => a - b);
      this.chooseAll(this.shown.slice(low, high + 1), add);
      return;
    }
    this.from = row;
    this.model.send({ kind: "choose", key: row.item.key, add: add || span });
  }

  /**
   * @param {Row[]} rows
   * @param {boolean} add
   */
  chooseAll(rows, add) { this.model.send({ kind: "span", keys: rows.map((row) => row.item.key), add }); }

  /** @param {MouseEvent} event */
  click(event) {
    const row = this.rowOf(event.target);
    if (!row || row.item.key === null) return;
    if (window.getSelection()?.toString() && !event.shiftKey) return; // text is being copied
    window.getSelection()?.removeAllRanges();
    this.focus(row);
    this.choose(row, event.ctrlKey || event.metaKey, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const row = this.rowOf(event.target), many = this.model.get("many"), withCtrl = event.ctrlKey || event.metaKey;
    if (!row) return;
    if (event.key in STEPS && !event.ctrlKey) this.step(row, STEPS[event.key], event.shiftKey && many);
    else if (event.key === "Enter") this.choose(row, withCtrl, event.shiftKey);
    else if (event.key === " ") this.choose(row, true, event.shiftKey);
    else if (many && event.key.toLowerCase() === "a" && withCtrl) this.chooseAll(this.shown, false);
    else if (event.key.toLowerCase() === "c" && withCtrl) copy(row);
    else if (many && event.key === "Escape") this.chooseAll([], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {Row} row From where
   * @param {number} step How many rows down
   * @param {boolean} span Whether those between are chosen
   */
  step(row, step, span) {
    const place = this.shown.indexOf(row) + step;
    const next = this.shown[Math.max(0, Math.min(this.shown.length - 1, place))];
    if (span) {
      this.from = this.from && this.shown.includes(this.from) ? this.from : row;
      this.choose(next, false, true);
    }
    this.focus(next);
  }
}

/** @param {Given<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  new Table(model, el, signal);
  return end;
}

export default { render };
