// One row a parameter: name (opens value and limits), slider, value with its error, freeze.
// Values travel as in controls.js: "place/index" → [value, gesture]; while the kernel is busy only the last ones are sent.

const ENDS = [["value", "Value"], ["min", "Least"], ["max", "Largest"]];

function parameter(item, out) {
  const label = item.label, key = (kind) => `${kind}/${item.name}`;
  const put = (kind, value) => { out.start(); out.send(key(kind), value); };
  const name = button(label, `Value and limits of ${label}`, () => open(editor.hidden), { class: "gpnb-name", "aria-expanded": "false" });
  const slider = h("input", { type: "range", class: "gpnb-range", "aria-label": label, min: 0, max: item.steps, step: 1 });
  const text = h("span", { class: "gpnb-number-text" }), unit = h("span", { class: "gpnb-unit" });
  const freeze = button("○", "", () => put("frozen", freeze.getAttribute("aria-pressed") !== "true"), { class: "gpnb-freeze" });
  const fields = ENDS.map(([kind, word]) => {
    const node = h("input", { type: "text", class: "gpnb-input", size: 9, spellcheck: "false", "aria-label": `${word} ${label}`,
      placeholder: kind === "value" ? "" : "none" });
    node.addEventListener("change", () => put(kind, node.value));
    return node;
  });
  const labels = ENDS.map(([, word], place) => h("label", { class: "gpnb-label" }, h("span", {}, word), fields[place]));
  const editor = h("div", { class: "gpnb-parameter-edit", hidden: true }, ...labels);
  const open = (is) => { editor.hidden = !is; name.setAttribute("aria-expanded", String(is)); if (is) fields[0].focus(); };
  let held = false, sent = null, latest = item, timer = 0;
  const release = () => { held = false; };
  slider.addEventListener("pointerdown", () => { held = true; out.start(); });
  slider.addEventListener("pointerup", release);
  slider.addEventListener("lostpointercapture", release);
  // The kernel answers steps one by one: until the last one is answered, an answer must not take the slider back.
  const settle = () => { sent = null; if (!held) slider.value = latest.place; };
  slider.addEventListener("input", () => {
    sent = Number(slider.value);
    clearTimeout(timer);
    timer = setTimeout(settle, 1500);
    out.send(key("place"), sent);
  });
  slider.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      put("frozen", freeze.getAttribute("aria-pressed") !== "true");
      event.preventDefault();
    } else if (!event.repeat) out.start();
  });
  const node = h("div", { class: "gpnb-parameter", role: "group", "aria-label": label }, name, slider,
    h("span", { class: "gpnb-parameter-value" }, text, unit), freeze, editor);
  return [node, (now) => {
    latest = now;
    if (sent !== null && Math.abs(now.place - sent) < 1) { clearTimeout(timer); sent = null; }
    if (!held && sent === null) slider.value = now.place;
    slider.disabled = now.linked;
    slider.setAttribute("aria-valuetext", `${now.text} ${now.unit}`.trim());
    text.textContent = now.text;
    unit.textContent = now.unit;
    node.classList.toggle("gpnb-frozen", now.frozen || now.linked);
    freeze.textContent = now.frozen ? "‖" : "○";
    freeze.disabled = now.linked;
    freeze.setAttribute("aria-pressed", String(now.frozen));
    freeze.setAttribute("aria-label", `Freeze ${label}`);
    freeze.title = now.frozen ? `${label} is frozen: let it free (F)` : `Freeze ${label} (F)`;
    ENDS.forEach(([kind], place) => { if (document.activeElement !== fields[place]) fields[place].value = now[kind]; });
    slider.title = now.note;
  }];
}

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const list = h("div", { class: "gpnb-parameters" });
  el.classList.add("gpnb-part");
  el.append(list);
  list.addEventListener("keydown", (event) => { // or JupyterLab takes the keys; Ctrl-Z goes on to the panel
    if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
  }, { signal });
  let gesture = newGesture();
  const out = {
    start: () => { gesture = newGesture(); },
    send: (name, value) => {
      model.set("changes", { ...trait(model, "changes"), [name]: [value, gesture] });
      model.save_changes();
    },
  };
  let made = "", parts = [];
  watch(model, signal, ["items"], () => {
    const items = trait(model, "items"), names = JSON.stringify(items.map((item) => [item.name, item.label]));
    if (names !== made) {
      parts = items.map((item) => parameter(item, out));
      list.replaceChildren(...parts.map(([node]) => node));
      made = names;
    }
    items.forEach((item, place) => parts[place][1](item));
  });
  return end;
}

export default { render };
