import assert from "node:assert/strict";
import { test } from "node:test";

import { masked, position, probe, sexagesimal, written } from "../../gpnb/widgets/assets/flatsky/readout.js";

const vector = (lon, lat) => {
  const [a, b] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  return [Math.cos(b) * Math.cos(a), Math.cos(b) * Math.sin(a), Math.sin(b)];
};
const lattice = (...corners) => new Float32Array(corners.flatMap(([lon, lat]) => vector(lon, lat)));
const look = { m: 2, n: 2, nx: 100, ny: 50, frame: "icrs" };

test("angles are written as the field does, and carry over", () => {
  assert.equal(sexagesimal(83.633083, true), "05 34 31.9");
  assert.equal(sexagesimal(22.0145, false), "+22 00 52");
  assert.equal(sexagesimal(-0.0001, false), "−00 00 00");
  assert.equal(sexagesimal(359.999999, true), "00 00 00.0");
  assert.equal(sexagesimal(29.99999, false), "+30 00 00");
});

test("a position is between those of the lattice, also across right ascension 0 and at the pole", () => {
  assert.equal(position(lattice([359, -1], [1, -1], [359, 1], [1, 1]), look, 49.5, 24.5), "00 00 00.0 +00 00 00");
  assert.match(position(lattice([0, 89], [90, 89], [270, 89], [180, 89]), look, 49.5, 24.5), /\+90 00 00$/);
  const galactic = position(lattice([11, -2], [9, -2], [11, 2], [9, 2]), { ...look, frame: "galactic" }, -0.5, -0.5);
  assert.equal(galactic, "l 11.000° b −2.000°");
});

test("beside the sphere there is no position", () => {
  assert.equal(position(new Float32Array(12).fill(NaN), look, 10, 10), "off the sky");
});

test("values are short, with a minus that is one", () => {
  assert.equal(written(0, ""), "0");
  assert.equal(written(-12.3456, "s"), "−12.35 s");
  assert.equal(written(1.5e-12, "cm-2 s-1"), "1.50e−12 cm-2 s-1");
  assert.equal(written(123456, ""), "1.23e+5");
  assert.equal(written(NaN, "s"), "no value");
});

test("all reasons are told", () => {
  assert.equal(masked(5, [[1, "safe range"], [2, "user"], [4, "exclusion"]]), "masked: safe range, exclusion");
  assert.equal(masked(0, [[1, "safe range"]]), "");
  assert.equal(masked(undefined, []), "");
});

test("the read-out tells place, value and mask of a pixel, and what is outside", () => {
  const traits = { look, image: { unit: "s" }, reasons: [[1, "user"]] };
  const sky = { model: { get: (name) => traits[name] }, view: { nx: 2, ny: 2 }, read: { hidden: true },
    lattice: new Float32Array(0), values: new Float32Array([1, 2, 3, NaN]), marks: new Uint8Array([0, 1, 0, 0]) };
  const said = (x, y) => { probe(sky, x, y); return sky.read.textContent; };
  assert.equal(said(0.9, 0.2), "2 s · masked: user");
  assert.equal(said(-0.4, 1.4), "3 s");
  assert.equal(said(1, 1), "no value");
  assert.equal(said(1.6, 0), "outside the map");
  assert.equal(sky.read.hidden, false);
  sky.lattice = lattice([11, -2], [9, -2], [11, 2], [9, 2]);
  assert.match(said(-3, 0), /^00 4\d .* · outside the map$/);
});
