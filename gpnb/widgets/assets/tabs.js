// Tabs: one is chosen; arrow keys go from one to the next.

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const list = h("div", { class: "gpnb-tabs", role: "tablist" });
  el.classList.add("gpnb-part");
  el.append(list);
  let made = "";
  const choose = (name) => model.send({ kind: "choose", name });
  const tab = ([name, word]) => h("button", { type: "button", role: "tab", class: "gpnb-tab", "data-name": name, onclick: () => choose(name) }, word);
  list.addEventListener("keydown", (event) => {
    const tabs = [...list.children], place = tabs.indexOf(document.activeElement);
    const steps = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 };
    if (!(event.key in steps) || place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = tabs[(steps[event.key] + tabs.length) % tabs.length];
    next.focus();
    choose(next.dataset.name);
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  watch(model, signal, ["label"], () => list.setAttribute("aria-label", trait(model, "label")));
  watch(model, signal, ["tabs", "chosen"], () => {
    const tabs = trait(model, "tabs");
    if (JSON.stringify(tabs) !== made) {
      list.replaceChildren(...tabs.map(tab));
      made = JSON.stringify(tabs);
    }
    for (const node of list.children) {
      const here = node.dataset.name === trait(model, "chosen");
      node.setAttribute("aria-selected", String(here));
      node.setAttribute("tabindex", here ? "0" : "-1");
    }
  });
  return end;
}

export default { render };
