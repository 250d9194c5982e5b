function head(model, column) {
  const sort = trait(model, "sort");
  const words = [column.title, column.unit ? h("span", { class: "gpnb-unit" }, ` (${column.unit})`) : null];
  const kind = column.number ? "gpnb-number" : "";
  if (!column.name) return h("th", { scope: "col", class: kind }, ...words);
  const here = sort.by === column.name;
  return h("th", { scope: "col", class: kind, "aria-sort": here ? (sort.ascending ? "ascending" : "descending") : "none" },
    h("button", { type: "button", class: "gpnb-sort", title: `Sort by ${column.title}`, onclick: () => model.send({ kind: "sort", name: column.name }) },
      ...words, here ? (sort.ascending ? " ▴" : " ▾") : ""));
}

function body(model, item, columns) {
  const chosen = trait(model, "chosen").includes(item.id);
  const choose = (event) => model.send({ kind: "choose", id: item.id, add: event.ctrlKey || event.metaKey || event.shiftKey || event.key === " " });
  const more = item.id === null ? {} : { tabindex: "0", "aria-selected": String(chosen), "data-id": item.id, onclick: choose };
  const row = h("tr", more, ...item.cells.map((cell, place) => h("td", { class: columns[place].number ? "gpnb-number" : "", title: cell },
    cell, place === 0 && item.flag ? h("span", { class: "gpnb-attention", title: item.flag, "aria-label": item.flag }, " ▲") : null)));
  if (item.id !== null) row.addEventListener("keydown", (event) => {
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (next) next.focus();
    else if (event.key === "Enter" || event.key === " ") choose(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return row;
}

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const top = h("tr"), rows = h("tbody");
  const table = h("table", {}, h("thead", {}, top), rows);
  const wide = h("div", { class: "gpnb-wide" }, table);
  el.classList.add("gpnb-part");
  el.append(wide);
  watch(model, signal, ["columns", "rows", "sort", "chosen", "label"], () => {
    const focused = rows.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const columns = trait(model, "columns");
    table.setAttribute("aria-label", trait(model, "label"));
    wide.hidden = columns.length === 0;
    if (trait(model, "rows").some((item) => item.id !== null)) {
      table.setAttribute("role", "grid");
      table.setAttribute("aria-multiselectable", "true");
    }
    top.replaceChildren(...columns.map((column) => head(model, column)));
    rows.replaceChildren(...trait(model, "rows").map((item) => body(model, item, columns)));
    if (focused !== null) rows.querySelector(`[data-id="${focused}"]`)?.focus();
  });
  return end;
}

export default { render };
