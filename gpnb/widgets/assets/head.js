const TOOLS = [
  ["undo", "Undo", "Undo (Ctrl-Z)"],
  ["redo", "Redo", "Redo (Ctrl-Shift-Z)"],
  ["code", "Code", "Show the code that makes this panel"],
  ["save", "Save", "Save the picture or the data"],
  ["expand", "Expand", "Fill the screen (Escape to leave)"],
];

function keys(model, root, signal) {
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes Ctrl-Z first
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // or the notebook takes the focus away
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target.matches("input[type=text], input[type=number]")) return; // the field's own undo
    event.preventDefault();
    model.send({ kind: event.shiftKey ? "redo" : "undo" });
  }, { signal });
}

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

function chipEditor(model, chip, close) {
  const input = h("input", { type: "text", class: "gpnb-input", value: chip.typed, size: Math.max(24, chip.typed.length),
    "aria-label": `${chip.title}, such as ${chip.example}`, placeholder: chip.example, spellcheck: "false" });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter") {
      model.send({ kind: "chip", name: chip.name, text: input.value });
      close();
    }
  });
  return h("span", { class: "gpnb-chip gpnb-chip-open" }, h("span", { class: "gpnb-quiet" }, chip.title), input,
    button("set", `Set ${chip.title}`, () => { model.send({ kind: "chip", name: chip.name, text: input.value }); close(); },
      { class: "gpnb-link" }),
    button("×", "Leave it as it was", close, { class: "gpnb-link" }));
}

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const title = h("b", { class: "gpnb-title" }), facts = h("span", { class: "gpnb-facts" });
  const tools = h("span", { class: "gpnb-tools", role: "toolbar", "aria-label": "Panel" });
  const chips = h("div", { class: "gpnb-chips", role: "group", "aria-label": "Selection" });
  el.classList.add("gpnb-part");
  el.append(h("div", { class: "gpnb-head" }, title, facts, tools), chips);
  const count = h("span", { class: "gpnb-count gpnb-quiet", role: "status" });
  let open = null;

  const buttons = Object.fromEntries(TOOLS.map(([name, word, hint]) => [name, button(word, hint, () => {
    if (name !== "expand") return model.send({ kind: name });
    const root = el.closest(".gpnb-live");
    return document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();
  })]));
  tools.append(...Object.values(buttons));

  watch(model, signal, ["title", "facts"], () => {
    title.textContent = trait(model, "title");
    facts.textContent = trait(model, "facts");
    facts.title = trait(model, "facts");
  });
  watch(model, signal, ["tools"], () => {
    for (const [name, node] of Object.entries(buttons)) {
      node.disabled = trait(model, "tools")[name] === false;
      if (name === "code") node.setAttribute("aria-expanded", String(trait(model, "tools").open === "code"));
      if (name === "save") node.setAttribute("aria-expanded", String(trait(model, "tools").open === "save"));
    }
  });
  const drawChips = () => {
    const list = trait(model, "chips");
    chips.hidden = list.length === 0;
    chips.replaceChildren(...list.map((chip) => (open === chip.name
      ? chipEditor(model, chip, () => { open = null; drawChips(); chips.querySelector(`[data-chip=${chip.name}] button`)?.focus(); })
      : chipView(model, chip, () => { open = chip.name; drawChips(); chips.querySelector("input")?.select(); }))), count);
    list.forEach((chip, place) => chips.children[place].setAttribute("data-chip", chip.name));
  };
  watch(model, signal, ["chips"], drawChips);
  watch(model, signal, ["count"], () => { count.textContent = trait(model, "count"); count.hidden = !count.textContent; });

  const settle = () => {
    const root = el.closest(".gpnb-live");
    if (root) keys(model, root, signal);
    else if (!signal.aborted) requestAnimationFrame(settle); // not in the page yet
  };
  settle();
  return end;
}

export default { render };
