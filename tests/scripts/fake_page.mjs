// As much of a page and of a widget's model as the scripts need where there is no browser.

class FakeNode extends EventTarget {
  constructor(tag) {
    super();
    const classList = { toggle: () => {}, contains: () => false };
    Object.assign(this, { tag, classList, offsetWidth: 0, offsetHeight: 0, attributes: {}, children: [], style: {}, dataset: {}, hidden: false, textContent: "" });
  }

  append(...children) { this.children.push(...children); }

  replaceChildren(...children) { this.children = children; }

  setAttribute(name, value) { this.attributes[name] = String(value); }

  getAttribute(name) { return this.attributes[name] ?? null; }

  hasAttribute(name) { return name in this.attributes; }

  removeAttribute(name) { delete this.attributes[name]; }

  focus() { document.activeElement = this; }

  setPointerCapture() {}

  getBoundingClientRect() { return { left: 0, top: 0 }; }
}

/** Put a page where modules look for it; frames are drawn when `draw` is called. */
export function makePage() {
  const frames = [];
  globalThis.document = { createElement: (tag) => new FakeNode(tag), activeElement: null };
  globalThis.requestAnimationFrame = (act) => frames.push(act);
  return { draw: () => frames.splice(0).forEach((act) => act()) };
}

/** A model that keeps what it is told. */
export function makeModel(traits) {
  const listeners = [];
  const sent = [];
  let saves = 0;
  return {
    get: (name) => traits[name],
    set: (name, value) => { traits[name] = value; },
    save_changes: () => { saves += 1; },
    send: (message) => { sent.push(message); },
    on: (names, act) => { listeners.push([names, act]); },
    off: (names, act) => { listeners.splice(listeners.findIndex(([, known]) => known === act), 1); },
    change: (name, value) => {
      traits[name] = value;
      listeners.filter(([names]) => names.split(" ").includes(`change:${name}`)).forEach(([, act]) => act());
    },
    get saves() { return saves; },
    get listeners() { return listeners.length; },
    sent,
    traits,
  };
}

/** An event with these fields. */
export function event(name, fields = {}) {
  return Object.assign(new Event(name, { cancelable: true }), fields);
}
