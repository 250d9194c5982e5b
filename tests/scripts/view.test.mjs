import assert from "node:assert/strict";
import { test } from "node:test";

import { View, panned } from "../../gpnb/widgets/assets/flatsky/view.js";

const viewOf = (nx, ny, width = 800) => {
  const view = new View(() => ({ nx, ny }));
  view.lay(width);
  return view;
};

test("screen and image are inverse to each other, and y goes up", () => {
  const view = viewOf(200, 150);
  const [sx, sy] = view.toScreen(12.25, 140.5);
  const [x, y] = view.toImage(sx, sy);
  assert.ok(Math.hypot(x - 12.25, y - 140.5) < 1e-9);
  assert.ok(view.toScreen(0, 1)[1] < view.toScreen(0, 0)[1]);
});

test("all of an image fits, however long it is", () => {
  for (const [nx, ny] of [[200, 150], [1000, 10], [10, 1000], [1, 1]]) {
    const view = viewOf(nx, ny), { width, height } = view.now;
    const [left, bottom] = view.toScreen(-0.5, -0.5), [right, top] = view.toScreen(nx - 0.5, ny - 0.5);
    assert.ok(left > -1e-9 && right < width + 1e-9 && top > -1e-9 && bottom < height + 1e-9);
    assert.ok(Math.abs((right - left) / nx - (bottom - top) / ny) < 1e-9); // not distorted
    assert.ok(height >= 180 && height <= 640);
  }
});

test("without an image there is a frame", () => {
  assert.equal(viewOf(0, 0).now.height, 180);
});

test("the place under the mouse stays where it is", () => {
  const view = viewOf(200, 150), place = [30, 40], before = view.toScreen(...place);
  view.window = view.zoomed(2.5, place);
  view.lay(800);
  const after = view.toScreen(...place);
  assert.ok(Math.hypot(after[0] - before[0], after[1] - before[1]) < 1e-6);
});

test("zooming ends at some pixels, and at all of them", () => {
  const view = viewOf(200, 150);
  const [x0, , x1] = view.zoomed(1e6);
  assert.equal(x1 - x0, 4);
  assert.equal(view.zoomed(1 / 1.5), null);
  view.window = [50, 50, 100, 100];
  assert.notEqual(view.zoomed(1 / 1.5), null);
});

test("an image follows the mouse that drags it", () => {
  const view = viewOf(200, 150), [sx, sy] = view.toScreen(50, 50);
  view.window = panned(view.window, 30, -20, view.now.scale);
  view.lay(800);
  const [nx, ny] = view.toScreen(50, 50);
  assert.ok(Math.hypot(nx - sx - 30, ny - sy + 20) < 1e-9);
});
