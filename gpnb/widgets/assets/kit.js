// What all parts share. Texts are set as text, never as HTML.

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

function button(label, name, onclick, more = {}) {
  return h("button", { type: "button", class: "gpnb-button", "aria-label": name, title: name, onclick, ...more }, label);
}

// Redraw on changes of some traits, now and later; stops when the view goes.
function watch(model, signal, names, draw) {
  const events = names.map((name) => `change:${name}`).join(" ");
  model.on(events, draw);
  signal.addEventListener("abort", () => model.off(events, draw));
  draw();
}

// anywidget gives a signal from 0.10 on; older ones call the function that render returns.
function lifetime(signal) {
  if (signal) return { signal, end: undefined };
  const own = new AbortController();
  return { signal: own.signal, end: () => own.abort() };
}

let gestures = 0;
const page = Math.random().toString(36).slice(2, 8);

// A name that no other gesture has, in this page or another.
function newGesture() {
  gestures += 1;
  return `${page}-${gestures}`;
}

const trait = (model, name) => model.get(name);
