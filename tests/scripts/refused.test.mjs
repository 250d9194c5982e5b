import assert from "node:assert/strict";
import { test } from "node:test";

import { refusable } from "../../gpnb/widgets/assets/refused.js";
import { event, makePage } from "./fake_page.mjs";

makePage();

function make() {
  const node = document.createElement("input");
  node.value = "";
  let forgotten = 0;
  const show = refusable(node, () => { forgotten += 1; });
  show("2.5");
  const type = (text) => { node.focus(); node.value = text; };
  const marked = () => node.getAttribute("aria-invalid") === "true";
  return { node, show, type, marked, forgotten: () => forgotten };
}

test("what is refused stays marked until Escape brings back what was", () => {
  const { node, show, type, marked, forgotten } = make();
  type("abc");
  show("2.5", "it is not a number, such as 2.5.");
  assert.ok(marked());
  assert.equal(node.value, "abc");
  assert.equal(node.title, "it is not a number, such as 2.5.");
  node.dispatchEvent(event("keydown", { key: "Escape" }));
  assert.equal(node.value, "2.5");
  assert.ok(!marked());
  assert.equal(forgotten(), 1);
});

test("leaving the field brings back what was, also where the refusal comes after", () => {
  const { node, show, type, marked } = make();
  type("abc");
  show("2.5", "no");
  document.activeElement = null;
  node.dispatchEvent(event("blur"));
  assert.equal(node.value, "2.5");
  node.value = "abc"; // left at once
  show("2.5", "no");
  assert.equal(node.value, "2.5");
  assert.ok(!marked());
});

test("what is being typed stays while the value is what it was; another value is shown", () => {
  const { node, show, type } = make();
  type("3.");
  show("2.5");
  assert.equal(node.value, "3.");
  show(""); // emptied from Python
  assert.equal(node.value, "");
  type("ab");
  show("a", "", true); // the answer to the first letter
  assert.equal(node.value, "ab");
});
