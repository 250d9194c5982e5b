import assert from "node:assert/strict";
import { test } from "node:test";

import { coloured } from "../../gpnb/widgets/assets/code.js";
import { progressOf, stateOf } from "../../gpnb/widgets/assets/foot.js";
import { lifetime } from "../../gpnb/widgets/assets/kit.js";
import { event, makeModel, makePage } from "./fake_page.mjs";

makePage();

test("Cancel is one button from the first step to the last, so that a click cannot miss it", () => {
  const model = makeModel({ progress: {} }), { signal } = lifetime(undefined);
  const work = progressOf(model, signal), [range, cancel] = work.children;
  assert.equal(work.hidden, true);
  for (const fraction of [0.1, 0.55]) model.change("progress", { label: "Checking", fraction });
  assert.equal(work.hidden, false);
  assert.deepEqual(work.children, [range, cancel]);
  assert.equal(range.attributes["aria-valuenow"], "55");
  assert.equal(cancel.attributes["aria-label"], "Cancel: Checking");
  cancel.dispatchEvent(event("click"));
  assert.deepEqual(model.sent, [{ kind: "cancel" }]);
  model.change("progress", {});
  assert.equal(work.hidden, true);
});

test("nothing is ready while work goes on, from its first moment", () => {
  const model = makeModel({ status: {}, verdict: "Poor fit", progress: {}, busy: true });
  assert.equal(stateOf(model).level, "busy");
  model.change("busy", false);
  assert.deepEqual(stateOf(model), { level: "attention", text: "Poor fit", detail: false });
  model.change("verdict", "");
  assert.equal(stateOf(model).text, "Ready");
});

test("code is coloured and stays the same text", () => {
  const text = "import gpnb  # 'no' 1\nfit = gpnb.fit(x_2, 2.5e-11, name='it\\'s # 3', off=None)\n", parts = coloured(text);
  const words = (part) => (typeof part === "string" ? part : part.children.join(""));
  assert.equal(parts.map(words).join(""), text);
  const kinds = parts.filter((part) => typeof part !== "string").map((part) => [part.className.replace("gpnb-code-", ""), words(part)]);
  assert.deepEqual(kinds, [["keyword", "import"], ["comment", "# 'no' 1"], ["number", "2.5e-11"], ["string", "'it\\'s # 3'"], ["keyword", "None"]]);
  assert.deepEqual(coloured(""), []);
});
