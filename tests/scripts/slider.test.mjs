import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { slider } from "../../gpnb/widgets/assets/slider.js";
import { event, makePage } from "./fake_page.mjs";

makePage();

function make() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  const { node, show } = slider("Energy", { min: 0, max: 10, step: 1 }, { start: () => sent.push("start"), send: (...what) => sent.push(what) }, "energy");
  show(4, 0.5);
  const move = (value) => { node.value = String(value); node.dispatchEvent(event("input")); };
  return { node, show, move, sent };
}

test("it shows what the kernel has, until it is moved", (t) => {
  t.after(() => mock.timers.reset());
  const { node, show, move, sent } = make();
  assert.equal(node.value, "4");
  move(5);
  move(6);
  assert.deepEqual(sent, [["energy", 5], ["energy", 6]]);
  show(5, 0.5); // the answer to the first step does not take it back
  assert.equal(node.value, "6");
  show(6, 0.5);
  show(2, 0.5); // set elsewhere
  assert.equal(node.value, "2");
});

test("an answer that never comes is not waited for", (t) => {
  t.after(() => mock.timers.reset());
  const { node, show, move } = make();
  move(9);
  show(4, 0.5); // refused
  assert.equal(node.value, "9");
  mock.timers.tick(1500);
  assert.equal(node.value, "4");
});

test("it is not moved in the hand", (t) => {
  t.after(() => mock.timers.reset());
  const { node, show, sent } = make();
  node.dispatchEvent(event("pointerdown"));
  assert.deepEqual(sent, ["start"]);
  show(7, 0.5);
  assert.equal(node.value, "4");
  node.dispatchEvent(event("pointerup"));
  show(7, 0.5);
  assert.equal(node.value, "7");
});
