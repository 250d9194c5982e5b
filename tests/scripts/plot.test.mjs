import assert from "node:assert/strict";
import { test } from "node:test";

import { boxOf } from "../../gpnb/widgets/assets/plot/axes.js";
import { placeOf } from "../../gpnb/widgets/assets/beside.js";
import { cardWords } from "../../gpnb/widgets/assets/plot/card.js";
import { decoded } from "../../gpnb/widgets/assets/plot/marks.js";
import { nearest, nextSpot, spotAt } from "../../gpnb/widgets/assets/plot/near.js";
import { plain, rounded, span, unitOf } from "../../gpnb/widgets/assets/plot/numbers.js";
import { endsIn, partOf, Scale, zoomedAbout } from "../../gpnb/widgets/assets/plot/scale.js";
import { datedTicks, evenTicks, ticksOf } from "../../gpnb/widgets/assets/plot/ticks.js";

const energy = { low: 0.1, high: 100, log: true, label: "Energy (TeV)", ticks: [[1, "one"]], most: 5, whole: false, energy: true, scale: null };
const flux = { low: 0, high: 10, log: false, label: "F (10⁻¹¹ cm⁻² s⁻¹)", ticks: [], most: 4, whole: false, energy: false, scale: null };
const frame = { x: energy, y: flux, square: false, over: false, height: 200 };
const scales = { x: new Scale(energy, 0, 300), y: new Scale(flux, 100, 0) };
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9 * (1 + Math.abs(b)), `${a} is not ${b}`);

function points(more = {}) {
  const x = [1, 10, 1000], y = [5, 2, 3];
  return { name: "points 0", kind: "points", marker: "circle", role: "text", x, y, x_low: x.map((one) => one / 2), x_high: x.map((one) => one * 2),
    y_low: y.map((one) => one - 1), y_high: y.map((one) => one + 1), limit: [0, 1, 0], rows: [7, 8, 9], notes: { Run: ["1", "", "3"] }, ...more };
}

test("values become pixels and come back, on both kinds of axes", () => {
  near(scales.x.to(1), 100);
  near(scales.x.from(200), 10);
  near(scales.y.to(2.5), 75);
  assert.ok(Number.isNaN(scales.y.to(NaN)));
  assert.ok(scales.x.to(0) < -1e6); // what a logarithm does not have lies far below
});

test("a closer look keeps its place, stays within the whole, and ends with it", () => {
  const seen = zoomedAbout(energy, energy, 1 / 3, 0.5);
  near(new Scale(seen, 0, 300).to(1), 100);
  assert.deepEqual(endsIn(energy, seen).map((end) => Number(end.toFixed(9))), [0.166666667, 0.666666667]);
  assert.equal(zoomedAbout(energy, seen, 0.5, 5), null);
  const part = partOf(energy, 0.8, 1.2);
  near(part.high, 100);
  near(endsIn(energy, part)[0], 0.6);
});

test("numbers are written as in Python", () => {
  assert.deepEqual([0, 0.3, -0.2, 1000, 1e-11, 3e5, -2e-7].map(plain), ["0", "0.3", "−0.2", "1000", "10⁻¹¹", "3 × 10⁵", "−2 × 10⁻⁷"]);
  assert.deepEqual(rounded(4.789e-11, 3.6e-12, 3.6e-12), { text: "4.79 ± 0.36", exponent: -11, known: true });
  assert.equal(rounded(2.27, 0.15, 0.17).text, "2.27 +0.17 −0.15");
  assert.equal(rounded(12345).text, "12\u2009345");
  assert.equal(rounded(0.123456).text, "0.1235");
  assert.deepEqual([span(3.87, 6.11), span(0, 0.0125), span(10, 20), span(60542.2067, 60542.2099)],
    ["3.87 – 6.11", "0 – 0.0125", "10 – 20", "60542.2067 – 60542.2099"]);
  assert.deepEqual(["E² dN/dE (erg cm⁻² s⁻¹)", "(H − S)/(H + S)", "Time (MJD, TT)"].map(unitOf),
    [{ name: "E² dN/dE", unit: "erg cm⁻² s⁻¹" }, { name: "(H − S)/(H + S)", unit: "" }, { name: "Time", unit: "MJD, TT" }]);
});

test("the kernel's ticks stand until one looks closer; those of the page follow the same rules", () => {
  assert.deepEqual(ticksOf(energy, null), [[1, "one"]]);
  assert.deepEqual(ticksOf(energy, { low: 0.5, high: 40, log: true }).map(([, text]) => text), ["1", "3", "10", "30"]);
  assert.deepEqual(ticksOf(energy, { low: 1.01, high: 1.09, log: true }).map(([, text]) => text), ["1.02", "1.04", "1.06", "1.08"]);
  assert.deepEqual(evenTicks({ low: 0, high: 1.08 }, 4, true), [[0, "0"], [1, "1"]]);
  assert.deepEqual(evenTicks({ low: 0.04, high: 0.3 }, 5, false).map(([value]) => value), [0.1, 0.2, 0.3]);
});

test("dates in stretches: whole days are written where they change, and ticks tell apart", () => {
  const scale = [[0, 1, 1.2, 2.2], [100, 101, 200.5, 201.5]];
  assert.deepEqual(datedTicks(scale, { low: 0, high: 2.2 }).map(([, text]) => text), ["100.0", ".5", "101.0", "200.5", "201.0", ".5"]);
  const close = datedTicks(scale, { low: 0.21, high: 0.22 });
  assert.equal(new Set(close.map(([, text]) => text)).size, close.length);
  near(close[0][0], 0.21);
});

test("numbers come as bytes, wherever these begin", () => {
  const buffer = new ArrayBuffer(28);
  new DataView(buffer).setFloat64(4, 2.5, true);
  new DataView(buffer).setFloat64(12, NaN, true);
  assert.deepEqual([...decoded({ name: "a", kind: "line", role: "text", x: new DataView(buffer, 4, 16) }).x], [2.5, NaN]);
});

test("points come before curves, and what is far away is nothing", () => {
  const line = { name: "line 0", kind: "line", role: "model", x: [0.1, 100], y: [5, 5] };
  assert.deepEqual([nearest([line, points()], scales, 106, 50).mark.name, nearest([line, points()], scales, 160, 50).mark.name], ["points 0", "line 0"]);
  assert.equal(nearest([line, points()], scales, 160, 90), null);
  assert.equal(spotAt(points(), 2, scales), null); // out of the frame
  assert.equal(nearest([points()], scales, 200, 80).row, 8);
});

test("a bin is meant anywhere above or in its area, an empty one at its foot", () => {
  const steps = { name: "steps 0", kind: "steps", role: "accent", fill: 0.2, x: [0.1, 1, 10, 100], y: [4, 0, 2] };
  assert.deepEqual([50, 150, 250].map((x) => nearest([steps], scales, x, 20)?.place), [0, 1, 2]);
  assert.equal(nearest([{ ...steps, fill: 0 }], scales, 50, 20), null);
  assert.equal(spotAt(steps, 1, scales).y, 100);
});

test("arrow keys go from point to point and from mark to mark", () => {
  const other = points({ name: "points 1", y: [6, 7, 8] }), marks = [points(), other];
  const first = nextSpot(marks, scales, null, "ArrowRight");
  assert.deepEqual([first.mark.name, first.place], ["points 0", 0]);
  const second = nextSpot(marks, scales, first, "ArrowRight");
  assert.equal(second.place, 1);
  assert.equal(nextSpot(marks, scales, second, "ArrowRight"), second); // the third is out of the frame
  assert.deepEqual([nextSpot(marks, scales, second, "ArrowDown").mark.name, nextSpot(marks, scales, second, "ArrowDown").place], ["points 1", 1]);
  assert.equal(nextSpot(marks, scales, second, "Home").place, 0);
  assert.equal(nextSpot([], scales, null, "ArrowRight"), null);
});

test("a pixel of an image tells its value and what it covers, by mouse and keys", () => {
  const image = { name: "image", kind: "image", label: "Area (m²)", columns: 3, x: [0.1, 100], y: [0, 10], values: [1, 2, 3, 4, NaN, 6] };
  const axes = { x: { ...energy, log: true }, y: { ...energy, label: "Offset (deg)", log: false } };
  const spot = nearest([image], scales, 250, 75);
  assert.equal(spot.place, 2);
  assert.deepEqual(cardWords(spot, axes), { title: "3", unit: "m²", rows: [["", "Area"], ["Energy", "10 – 100 TeV"], ["Offset", "0 – 5 deg"]] });
  assert.equal(cardWords(spotAt(image, 4, scales), axes).title, "no value");
  assert.equal(nearest([image, points()], scales, 104, 50).mark.kind, "points");
  const middle = nextSpot([image], scales, null, "ArrowRight");
  assert.equal(middle.place, 4);
  assert.deepEqual(["ArrowRight", "ArrowDown", "Home"].map((key) => nextSpot([image], scales, middle, key).place), [5, 1, 3]);
  assert.equal(nextSpot([image], scales, spotAt(image, 5, scales), "ArrowRight").place, 5); // no turn into the next row
});

test("a card says value ± error, the bin, and what stands beside; a limit as such", () => {
  const [measured, limit] = [0, 1].map((place) => cardWords(spotAt(points({ label: "agn" }), place, scales), frame));
  assert.deepEqual(measured, { title: "(5.0 ± 1.0) × 10⁻¹¹", unit: "cm⁻² s⁻¹", rows: [["", "agn"], ["Energy", "0.5 – 2.0 TeV"], ["Run", "1"]] });
  assert.equal(limit.title, "< 2 × 10⁻¹¹");
  assert.deepEqual(limit.rows.map(([name]) => name), ["", "Energy"]);
  const dated = cardWords(spotAt(points(), 0, scales), { ...frame, x: { ...energy, label: "Time (MJD, TT)", scale: [[0, 10], [60000, 60010]] } });
  assert.deepEqual(dated.rows[0], ["Time", "60000.5 – 60002.0 MJD, TT"]);
});

test("a card is never on its point and stays in the picture", () => {
  const box = boxOf(frame, 400), card = { width: 150, height: 80 };
  for (let x = box.left; x <= box.right; x += 13) {
    for (let y = box.top; y <= box.bottom; y += 9) {
      const at = placeOf({ x, y }, card, box);
      assert.ok(at.x >= 0 && at.y >= 0 && at.x + card.width <= box.width && at.y + card.height <= box.height);
      assert.ok(x < at.x || x > at.x + card.width || y < at.y || y > at.y + card.height);
    }
  }
});

test("a square frame is as high as it is wide, in a narrow picture too", () => {
  for (const width of [300, 800]) {
    const box = boxOf({ ...frame, square: true, height: 320 }, width);
    assert.equal(box.right - box.left, box.bottom - box.top);
    assert.ok(box.right <= width);
  }
});
