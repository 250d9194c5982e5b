import assert from "node:assert/strict";
import { test } from "node:test";

import { newGesture, sender } from "../../gpnb/widgets/assets/changes.js";
import { button, h, keepKeys, lifetime, watch } from "../../gpnb/widgets/assets/kit.js";
import { event, makeModel, makePage } from "./fake_page.mjs";

makePage();

test("an element has what it is given, and texts as texts", () => {
  const pressed = [];
  const node = h("button", { class: "a b", hidden: true, title: "<b>", size: undefined, disabled: false, value: "v",
    onclick: () => pressed.push(1) }, "<i>", null, undefined, h("span"));
  assert.deepEqual(node.attributes, { hidden: "", title: "<b>" });
  assert.deepEqual([node.className, node.value, node.children.length, node.children[0]], ["a b", "v", 2, "<i>"]);
  node.dispatchEvent(event("click"));
  assert.deepEqual(pressed, [1]);
  assert.deepEqual(button("+", "Zoom in", () => {}).attributes["aria-label"], "Zoom in");
});

test("a view is drawn now and on changes, until it ends", () => {
  const model = makeModel({ a: 1, b: 2 }), { signal, end } = lifetime(undefined);
  let draws = 0;
  watch(model, signal, ["a", "b"], () => { draws += 1; });
  model.change("b", 3);
  assert.equal(draws, 2);
  end();
  model.change("a", 3);
  assert.deepEqual([draws, model.listeners], [2, 0]);
});

test("a signal that is given ends a view by itself", () => {
  const { signal } = new AbortController();
  assert.deepEqual(lifetime(signal), { signal, end: undefined });
});

test("gestures have names of their own; one gesture's changes share one", () => {
  assert.notEqual(newGesture(), newGesture());
  const model = makeModel({ changes: {} }), out = sender(model);
  out.send("energy", 1);
  out.send("energy", 2);
  const [, first] = model.traits.changes.energy;
  out.start();
  out.send("index", 3);
  assert.deepEqual(model.traits.changes, { energy: [2, first], index: [3, model.traits.changes.index[1]] });
  assert.notEqual(model.traits.changes.index[1], first);
  assert.equal(model.saves, 3);
});

test("keys stay in their row, but for those with Ctrl", () => {
  const row = h("div"), { signal } = lifetime(undefined);
  keepKeys(row, signal);
  const kept = (fields) => {
    const pressed = event("keydown", fields);
    let stopped = false;
    pressed.stopPropagation = () => { stopped = true; };
    row.dispatchEvent(pressed);
    return stopped;
  };
  assert.ok(kept({ key: "a" }));
  assert.ok(!kept({ key: "z", ctrlKey: true }));
});
