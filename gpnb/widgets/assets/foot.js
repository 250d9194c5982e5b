const SIGNS = { fine: "●", attention: "▲", busy: "…" };

function codeDrawer(text, close) {
  const said = h("span", { class: "gpnb-quiet", role: "status" });
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    said.textContent = "copied";
  };
  return h("div", { class: "gpnb-drawer", role: "region", "aria-label": "Code" },
    h("div", { class: "gpnb-row" }, h("b", {}, "The code that makes this panel"), said,
      button("Copy", "Copy the code", copy), close),
    h("pre", { class: "gpnb-code", tabindex: "0" }, text));
}

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
  return h("div", { class: "gpnb-drawer", role: "region", "aria-label": "Save" },
    h("div", { class: "gpnb-row" }, h("b", {}, "Save"), path, ...endings,
      h("label", { class: "gpnb-label" }, replace, " replace"),
      button("Write", "Write the file", write, { class: "gpnb-button gpnb-primary" }), close));
}

function detailDrawer(text, close) {
  return h("div", { class: "gpnb-drawer", role: "region", "aria-label": "Details" },
    h("div", { class: "gpnb-row" }, h("b", {}, "What went wrong, in full"), close),
    h("pre", { class: "gpnb-code", tabindex: "0" }, text));
}

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const state = h("span", { class: "gpnb-state", role: "status", "aria-live": "polite" });
  const work = h("span", { class: "gpnb-work" }), notes = h("span", { class: "gpnb-notes" });
  const totals = h("span", { class: "gpnb-totals", role: "status" });
  const drawer = h("div", {});
  el.classList.add("gpnb-part");
  el.append(h("div", { class: "gpnb-foot" }, state, work, totals, notes), drawer);

  watch(model, signal, ["status"], () => {
    const { level = "fine", text = "", detail = false } = trait(model, "status");
    state.className = `gpnb-state gpnb-${level}`;
    state.replaceChildren(`${SIGNS[level]} ${text || "Ready"}`);
    if (detail) state.append(" ", button("Details", "Show the full traceback", () => model.send({ kind: "detail" }), { class: "gpnb-link" }));
  });
  watch(model, signal, ["progress"], () => {
    const { label, fraction } = trait(model, "progress");
    if (label === undefined) return work.replaceChildren();
    const bar = h("span", { class: "gpnb-bar" }, h("span", { style: `width:${Math.round(100 * fraction)}%` }));
    return work.replaceChildren(
      h("span", { role: "progressbar", "aria-label": label, "aria-valuenow": Math.round(100 * fraction), "aria-valuemin": 0, "aria-valuemax": 100, class: "gpnb-progress" }, label, " ", bar),
      button("Cancel", `Cancel: ${label}`, () => model.send({ kind: "cancel" })));
  });
  watch(model, signal, ["totals"], () => { totals.textContent = trait(model, "totals"); totals.hidden = !totals.textContent; });
  watch(model, signal, ["notes"], () => {
    notes.replaceChildren(...trait(model, "notes").map((note) => h("span", { class: "gpnb-note" }, `▲ ${note}`)));
  });
  watch(model, signal, ["drawer"], () => {
    const given = trait(model, "drawer");
    const close = button("Close", "Close this drawer", () => model.send({ kind: "close" }));
    const made = { code: () => codeDrawer(given.text, close), save: () => saveDrawer(model, given, close),
      detail: () => detailDrawer(given.text, close) }[given.name];
    drawer.replaceChildren(...(made ? [made()] : []));
  });
  return end;
}

export default { render };
