import assert from "node:assert/strict";
import { test } from "node:test";

import { progressOf } from "../../gpnb/widgets/assets/foot.js";
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
