import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, grown, handles, inside, moved, outline } from "../../gpnb/widgets/assets/flatsky/shapes.js";

const circle = { type: "circle", x: 10, y: 20, r: 4 };
const ellipse = { type: "ellipse", x: 1, y: 2, w: 6, h: 2, angle: 90 };
const rectangle = { type: "rectangle", x: 0, y: 0, w: 4, h: 2, angle: 30 };
const polygon = { type: "polygon", points: [[0, 0], [4, 0], [1, 3]] };
const close = (one, other, tolerance = 1e-9) => assert.ok(Math.abs(one - other) < tolerance, `${one} is not ${other}`);

test("an outline lies at the rim", () => {
  for (const [x, y] of outline(circle)) close(Math.hypot(x - 10, y - 20), 4);
  const ys = outline(ellipse).map(([, y]) => y), xs = outline(ellipse).map(([x]) => x);
  close(Math.max(...ys), 5); // turned by 90 deg, the width is upright
  close(Math.max(...xs), 2);
  const [[x, y]] = outline(rectangle); // the lower left corner, turned
  close(x, -2 * Math.cos(Math.PI / 6) + Math.sin(Math.PI / 6));
  close(y, -2 * Math.sin(Math.PI / 6) - Math.cos(Math.PI / 6));
  assert.equal(outline(polygon), polygon.points);
});

test("a handle that is dropped where it was changes nothing", () => {
  for (const shape of [circle, ellipse, rectangle, polygon]) {
    for (const handle of handles(shape)) {
      const same = handle.drag(handle.x, handle.y);
      for (const [name, value] of Object.entries(shape)) {
        if (name === "angle") close(((same.angle - value + 540) % 360) - 180, 0);
        else if (typeof value === "number") close(same[name], value);
        else assert.deepEqual(same[name], value);
      }
    }
  }
});

test("a handle changes its side only, and no shape vanishes", () => {
  const [wide, high, turned] = handles(rectangle);
  const angle = Math.PI / 6;
  const wider = wide.drag(5 * Math.cos(angle) - 9 * Math.sin(angle), 5 * Math.sin(angle) + 9 * Math.cos(angle));
  close(wider.w, 10);
  assert.equal(wider.h, 2);
  close(high.drag(0, 0).h, 0.1);
  close(turned.drag(0, -3).angle, 90);
  close(handles(circle)[0].drag(10, 20).r, 0.05);
  assert.deepEqual(handles(polygon)[1].drag(7, 8).points, [[0, 0], [7, 8], [1, 3]]);
});

test("shapes move and grow about their middle", () => {
  assert.deepEqual(moved(circle, 1, -2), { ...circle, x: 11, y: 18 });
  assert.deepEqual(moved(polygon, 1, 1).points, [[1, 1], [5, 1], [2, 4]]);
  assert.equal(grown(circle, 2).r, 8);
  assert.deepEqual([grown(ellipse, 2).w, grown(ellipse, 2).h, grown(ellipse, 2).x], [12, 4, 1]);
  const larger = grown(polygon, 2).points;
  close(larger[0][0] + larger[1][0] + larger[2][0], 5);
  close(larger[1][0] - larger[0][0], 8);
});

test("inside is inside, also of what is hollow", () => {
  assert.ok(inside(outline(circle), 10, 23.9));
  assert.ok(!inside(outline(circle), 10, 24.1));
  const hollow = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  assert.ok(!inside(hollow, 2, 3));
  assert.ok(inside(hollow, 0.5, 2));
  assert.ok(!inside([], 0, 0));
});

test("a drag draws from the middle or from corner to corner, in any direction", () => {
  assert.deepEqual(drawn("circle", 1, 1, 4, 5), { type: "circle", x: 1, y: 1, r: 5 });
  assert.deepEqual(drawn("ellipse", 1, 1, -1, 4), { type: "ellipse", x: 1, y: 1, w: 4, h: 6, angle: 0 });
  assert.deepEqual(drawn("rectangle", 4, 5, 0, 1), { type: "rectangle", x: 2, y: 3, w: 4, h: 4, angle: 0 });
});
