// Values travel as one trait, name → [value, gesture]: while the kernel is busy the front end sends only the last ones.

function sender(model) {
  let gesture = newGesture();
  return {
    start: () => { gesture = newGesture(); },
    send: (name, value) => {
      model.set("changes", { ...trait(model, "changes"), [name]: [value, gesture] });
      model.save_changes();
    },
  };
}

function select(item, out) {
  const node = h("select", { class: "gpnb-select", "aria-label": item.label, onchange: () => {
    out.start();
    out.send(item.name, item.options[node.selectedIndex][0]);
  } }, ...item.options.map(([, word]) => h("option", {}, word)));
  return [node, (now) => {
    node.replaceChildren(...now.options.map(([, word]) => h("option", {}, word)));
    Object.assign(item, now);
    node.selectedIndex = now.options.findIndex(([value]) => JSON.stringify(value) === JSON.stringify(now.value));
  }];
}

// Steps a slider by itself until it is stopped, or is in no page any more.
function player(node, label, out, name) {
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; show(); };
  const step = () => {
    if (!node.isConnected) return stop();
    node.value = Number(node.value) >= Number(node.max) ? node.min : Number(node.value) + Number(node.step);
    return out.send(name, Number(node.value));
  };
  const toggle = button("▶", `Play ${label}`, () => { if (timer) stop(); else { out.start(); timer = setInterval(step, 600); show(); } }, { class: "gpnb-button gpnb-play" });
  const show = () => { toggle.textContent = timer ? "❚❚" : "▶"; toggle.setAttribute("aria-pressed", String(Boolean(timer))); };
  show();
  return toggle;
}

function range(item, out) {
  const words = h("output", { class: "gpnb-value" });
  let held = false, sent = null, latest = item, timer = 0;
  const node = h("input", { type: "range", class: "gpnb-range", "aria-label": item.label, min: item.min, max: item.max, step: item.step });
  const release = () => { held = false; };
  node.addEventListener("pointerdown", () => { held = true; out.start(); });
  node.addEventListener("pointerup", release);
  node.addEventListener("lostpointercapture", release);
  node.addEventListener("keydown", (event) => { if (!event.repeat) out.start(); });
  // The kernel answers steps one by one: until the last one is answered, an answer must not take the slider back.
  const settle = () => { sent = null; if (!held) node.value = latest.value; };
  node.addEventListener("input", () => {
    sent = Number(node.value);
    clearTimeout(timer);
    timer = setTimeout(settle, 1500);
    out.send(item.name, sent);
  });
  const play = item.play ? player(node, item.label, out, item.name) : null;
  return [h("span", { class: "gpnb-control" }, node, play, words), (now) => {
    node.min = now.min; node.max = now.max; node.step = now.step;
    latest = now;
    if (sent !== null && Math.abs(now.value - sent) < 1e-3 * Math.abs(now.step)) { clearTimeout(timer); sent = null; }
    if (!held && sent === null) node.value = now.value;
    words.textContent = now.text ?? String(now.value);
    node.setAttribute("aria-valuetext", words.textContent);
    node.disabled = Boolean(now.disabled);
  }];
}

function field(item, out) {
  const node = h("input", { type: item.kind === "number" ? "number" : "text", class: "gpnb-input", "aria-label": item.label,
    placeholder: item.hint, size: item.size ?? 8, step: item.step ?? "any", spellcheck: "false" });
  const commit = () => {
    const value = item.kind === "number" ? (node.value === "" ? null : Number(node.value)) : node.value;
    out.start();
    out.send(item.name, value);
  };
  node.addEventListener("change", commit);
  return [node, (now) => { if (document.activeElement !== node || now.value !== null) node.value = now.value ?? ""; }];
}

function check(item, out) {
  const node = h("input", { type: "checkbox", "aria-label": item.label, onchange: () => { out.start(); out.send(item.name, node.checked); } });
  return [node, (now) => { node.checked = now.value; }];
}

function push(item, out) {
  let count = 0;
  const kind = item.primary ? { class: "gpnb-button gpnb-primary" } : {};
  const node = button(item.label, item.hint ?? item.label, () => { out.start(); count += 1; out.send(item.name, count); }, kind);
  return [node, (now) => { node.disabled = Boolean(now.disabled); node.textContent = now.label; }];
}

function toggle(item, out) {
  const node = button(item.label, item.hint ?? item.label, () => { out.start(); out.send(item.name, node.getAttribute("aria-pressed") !== "true"); });
  return [node, (now) => { node.disabled = Boolean(now.disabled); node.setAttribute("aria-pressed", String(Boolean(now.value))); }];
}

const MAKERS = { select, range, number: field, text: field, check, button: push, toggle };

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const row = h("div", { class: "gpnb-controls" });
  el.classList.add("gpnb-part");
  el.append(row);
  row.addEventListener("keydown", (event) => { // or JupyterLab takes the arrows; Ctrl-Z goes on to the panel
    if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
  }, { signal });
  const out = sender(model);
  let made = "", parts = [];
  watch(model, signal, ["items"], () => {
    const items = trait(model, "items");
    const kinds = JSON.stringify(items.map((item) => [item.name, item.kind, item.label]));
    if (kinds !== made) {
      parts = items.map((item) => MAKERS[item.kind]({ ...item }, out));
      row.replaceChildren(...items.map((item, place) => (["button", "toggle"].includes(item.kind) ? parts[place][0]
        : h("label", { class: "gpnb-label" }, h("span", {}, item.label), parts[place][0]))));
      made = kinds;
    }
    items.forEach((item, place) => parts[place][1](item));
  });
  return end;
}

export default { render };
