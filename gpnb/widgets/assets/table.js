function head(model, column) {
  const sort = trait(model, "sort");
  const words = [column.title, column.unit ? h("span", { class: "gpnb-unit" }, ` (${column.unit})`) : null];
  const kind = column.number ? "gpnb-number" : "";
  if (!column.name) return h("th", { scope: "col", class: kind }, ...words);
  const here = sort.by === column.name;
  return h("th", { scope: "col", class: kind, "aria-sort": here ? (sort.ascending ? "ascending" : "descending") : "none" },
    h("button", { type: "button", class: "gpnb-sort", title: `Sort by ${column.title}`, "data-name": column.name,
      onclick: () => model.send({ kind: "sort", name: column.name }) }, ...words, here ? (sort.ascending ? " ▴" : " ▾") : ""));
}

const FIRST = 120; // rows that are laid out at once; a thousand take a quarter of a second

class Table {
  constructor(model, el, signal) {
    Object.assign(this, { model, nodes: [], shown: [], from: null, active: null });
    this.top = h("tr");
    this.rows = h("tbody");
    this.table = h("table", {}, h("thead", {}, this.top), this.rows);
    this.none = h("p", { class: "gpnb-quiet", role: "status", hidden: true });
    this.wide = h("div", { class: "gpnb-wide" }, this.table, this.none);
    el.classList.add("gpnb-part");
    el.append(this.wide);
    const size = new ResizeObserver(() => this.reach());
    size.observe(this.wide);
    size.observe(this.table);
    signal.addEventListener("abort", () => size.disconnect());
    this.rows.addEventListener("click", (event) => this.click(event), { signal });
    this.rows.addEventListener("keydown", (event) => this.key(event), { signal });
    watch(model, signal, ["label", "empty"], () => this.name());
    watch(model, signal, ["columns", "sort"], () => this.heads());
    watch(model, signal, ["columns", "rows"], () => this.make()); // the nodes of rows are kept: sorting only moves them
    watch(model, signal, ["order"], () => this.arrange());
    watch(model, signal, ["chosen"], () => this.mark());
  }

  name() {
    this.table.setAttribute("aria-label", trait(this.model, "label"));
    this.none.textContent = trait(this.model, "empty");
  }

  reach() { // a table without rows to choose that is wider than its place is scrolled by the arrow keys
    if (!this.active && this.wide.scrollWidth > this.wide.clientWidth) this.wide.setAttribute("tabindex", "0");
    else this.wide.removeAttribute("tabindex");
  }

  heads() {
    const columns = trait(this.model, "columns"), focused = this.top.contains(document.activeElement) && document.activeElement.dataset.name;
    this.wide.hidden = columns.length === 0;
    this.top.replaceChildren(...columns.map((column) => head(this.model, column)));
    if (focused) this.top.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  }

  make() {
    const columns = trait(this.model, "columns"), items = trait(this.model, "rows");
    this.nodes = items.map((item) => this.row(item, columns));
    if (items.some((item) => item.id !== null)) {
      this.table.setAttribute("role", "grid");
      this.table.setAttribute("aria-multiselectable", "true");
    }
    this.arrange();
  }

  row(item, columns) {
    const cells = item.cells.map((cell, place) => h("td", { class: columns[place]?.number ? "gpnb-number" : "", title: cell }, cell,
      place === 0 && item.flag ? h("span", { class: "gpnb-attention", role: "img", title: item.flag, "aria-label": item.flag }, " ▲") : null));
    const node = h("tr", item.id === null ? {} : { tabindex: "-1", "data-id": item.id }, ...cells);
    node.item = item;
    return node;
  }

  arrange() {
    const order = trait(this.model, "order"), focused = this.rows.contains(document.activeElement) ? document.activeElement.item?.id : undefined;
    this.shown = order === null ? this.nodes : order.map((place) => this.nodes[place]).filter(Boolean);
    clearTimeout(this.later);
    this.rows.replaceChildren(...this.shown.slice(0, FIRST));
    if (this.shown.length > FIRST) this.later = setTimeout(() => this.fill(), 100);
    this.none.hidden = this.shown.length > 0 || !trait(this.model, "empty");
    this.mark();
    if (focused !== undefined) this.focus(this.shown.find((node) => node.item.id === focused));
  }

  fill() {
    clearTimeout(this.later);
    if (this.rows.childElementCount < this.shown.length) this.rows.append(...this.shown.slice(FIRST));
  }

  // One row is in the order of Tab: the one that had the focus, else the first that is chosen, else the first.
  mark() {
    const chosen = new Set(trait(this.model, "chosen"));
    for (const node of this.nodes) {
      const now = String(chosen.has(node.item.id));
      if (node.item.id !== null && node.getAttribute("aria-selected") !== now) node.setAttribute("aria-selected", now);
    }
    const known = this.active && this.shown.includes(this.active) ? this.active : null;
    this.activate(known ?? this.shown.find((node) => chosen.has(node.item.id)) ?? this.shown[0]);
  }

  activate(node) {
    if (this.active) this.active.setAttribute("tabindex", "-1");
    this.active = node && node.item.id !== null ? node : null;
    if (this.active) this.active.setAttribute("tabindex", "0");
  }

  focus(node) {
    if (!node || node.item.id === null) return;
    this.activate(node);
    if (!node.isConnected) this.fill();
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  }

  choose(node, add, span) {
    if (!node || node.item.id === null) return;
    this.activate(node);
    if (span && trait(this.model, "many") && this.shown.includes(this.from)) {
      const [low, high] = [this.shown.indexOf(this.from), this.shown.indexOf(node)].sort((a, b) => a - b);
      this.model.send({ kind: "span", ids: this.shown.slice(low, high + 1).map((item) => item.item.id), add });
      return;
    }
    this.from = node;
    this.model.send({ kind: "choose", id: node.item.id, add: add || span });
  }

  click(event) {
    const node = event.target.closest("tr");
    if (!node || node.item.id === null) return;
    if (window.getSelection()?.toString() && !event.shiftKey) return; // text is being copied
    window.getSelection()?.removeAllRanges();
    this.focus(node);
    this.choose(node, event.ctrlKey || event.metaKey, event.shiftKey);
  }

  key(event) {
    const node = event.target.closest("tr"), place = this.shown.indexOf(node), many = trait(this.model, "many");
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    if (event.key in steps && !event.ctrlKey) {
      const next = this.shown[Math.max(0, Math.min(this.shown.length - 1, place + steps[event.key]))];
      if (event.shiftKey && many) { this.from = this.shown.includes(this.from) ? this.from : node; this.choose(next, false, true); }
      this.focus(next);
    } else if (event.key === "Enter") this.choose(node, event.ctrlKey || event.metaKey, event.shiftKey);
    else if (event.key === " ") this.choose(node, true, event.shiftKey);
    else if (many && event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) this.model.send({ kind: "span", ids: this.shown.map((item) => item.item.id), add: false });
    else if (many && event.key === "Escape") this.model.send({ kind: "span", ids: [], add: false });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  new Table(model, el, signal);
  return end;
}

export default { render };
