import assert from "node:assert/strict";
import { test } from "node:test";

import { colour } from "../../gpnb/widgets/assets/flatsky/pixels.js";
import { floats, octets } from "../../gpnb/widgets/assets/bytes.js";

const grey = new Uint8Array(Array.from({ length: 256 }, (_, k) => [k, k, k]).flat());
const levels = (values, head) => {
  const out = new Uint32Array(values.length);
  colour(new Float32Array(values), { nx: values.length, ny: 1, low: 0, high: 1, stretch: "linear", ...head }, grey, out);
  return [...out].map((pixel) => (pixel ? pixel & 255 : null));
};

test("values have the colours between the cuts, and none where there is no value", () => {
  assert.deepEqual(levels([0, 0.5, 1, -3, 7, NaN, Infinity, -Infinity]), [0, 128, 255, 0, 255, null, 255, 0]);
});

test("stretches bend, and keep both ends", () => {
  assert.deepEqual(levels([0, 0.25, 1], { stretch: "sqrt" }), [0, 128, 255]);
  assert.deepEqual(levels([1, 20, 100], { stretch: "log", low: 1, high: 100 }), [0, 166, 255]);
  assert.deepEqual(levels([0, -1, 100], { stretch: "log", low: 0, high: 100 }), [0, 0, 255]); // no logarithm of 0
  const [low, middle, high] = levels([0, 0.1, 1], { stretch: "asinh" });
  assert.deepEqual([low, high], [0, 255]);
  assert.ok(middle > 26);
});

test("the first row is the lowest", () => {
  const out = new Uint32Array(6);
  colour(new Float32Array([0, 0, 0, 1, 1, 1]), { nx: 3, ny: 2, low: 0, high: 1, stretch: "linear" }, grey, out);
  assert.deepEqual([...out].map((pixel) => pixel & 255), [255, 255, 255, 0, 0, 0]);
});

test("colours are red, green, blue and opaque", () => {
  const out = new Uint32Array(1), lut = new Uint8Array(768).fill(9);
  lut.set([1, 2, 3]);
  colour(new Float32Array([0]), { nx: 1, ny: 1, low: 0, high: 1, stretch: "linear" }, lut, out);
  assert.deepEqual([...new Uint8Array(out.buffer)], [1, 2, 3, 255]);
});

test("bytes are read where they begin, at any place", () => {
  const buffer = new Uint8Array([9, 0, 0, 128, 63, 9]).buffer;
  assert.deepEqual([...floats(new DataView(buffer, 1, 4))], [1]);
  assert.deepEqual([...octets(new DataView(buffer, 4, 2))], [63, 9]);
  assert.equal(floats(undefined).length + octets(new DataView(buffer, 6, 0)).length, 0);
});
