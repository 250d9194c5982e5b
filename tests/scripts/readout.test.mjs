import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { answered, cardAt, position, probe, written } from "../../gpnb/widgets/assets/flatsky/readout.js";
import { Sky } from "../../gpnb/widgets/assets/flatsky/state.js";
import { sexagesimal } from "../../gpnb/widgets/assets/told.js";
import { makeModel, makePage } from "./fake_page.mjs";

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
  assert.equal(written(1.5e-12, "cm-2 s-1"), "1.5 × 10⁻¹² cm-2 s-1");
  assert.equal(written(123456, ""), "1.24 × 10⁵");
  assert.equal(written(NaN, "s"), "no value");
  assert.equal(written(-Infinity, "s"), "not finite");
});

/** A sky of 2 × 2 pixels whose kernel tells of all layers. */
function makeSky(t, more = {}) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  makePage();
  const model = makeModel({ look, image: { nx: 2, ny: 2, unit: "s", name: "Counts" }, probes: true, told: {}, tools: [], points: [], pointed: null, ...more });
  const sky = new Sky(model, () => {});
  Object.assign(sky, { values: new Float32Array([1, 2, 3, NaN]), lattice: lattice([11, -2], [9, -2], [11, 2], [9, 2]) });
  return { sky, model, card: (x, y) => cardAt(sky, x, y) };
}

test("the value of the layer is told at once, those of the others when they are there", (t) => {
  const { sky, model, card } = makeSky(t);
  assert.deepEqual(card(0.9, 0.2).rows, [["Counts", "2 s"]]);
  probe(sky, 0.9, 0.2);
  assert.deepEqual(model.sent.splice(0), [{ kind: "probe", x: 1, y: 0 }]);
  model.traits.told = { x: 1, y: 0, rows: [["Counts", "2 s"], ["Exposure", "7 cm² s"]], why: ["no exposure"] };
  answered(sky);
  assert.deepEqual(card(1.2, -0.3).rows[1], ["Exposure", "7 cm² s"]);
  assert.deepEqual(card(1.2, -0.3).why, ["no exposure"]);
  assert.deepEqual(card(0, 1).rows, [["Counts", "3 s"], ["Exposure", "…"]]); // nothing that is of another pixel
  assert.deepEqual(card(0, 1).why, []);
  assert.deepEqual(card(1, 1).rows[0], ["Counts", "no value"]);
});

test("one question at a time, and the last one wins", (t) => {
  const { sky, model } = makeSky(t);
  probe(sky, 0, 0);
  probe(sky, 1, 0);
  probe(sky, 0, 1);
  assert.deepEqual(model.sent, [{ kind: "probe", x: 0, y: 0 }]);
  model.traits.told = { x: 0, y: 0, rows: [], why: [] };
  answered(sky);
  assert.deepEqual(model.sent[1], { kind: "probe", x: 0, y: 1 });
  probe(sky, 1, 1);
  mock.timers.tick(1000); // no answer
  assert.deepEqual(model.sent[2], { kind: "probe", x: 1, y: 1 });
});

test("what is outside is told as such, and a shape tells of itself", (t) => {
  const circle = { type: "circle", x: 0, y: 0, r: 0.4 };
  const { sky, card } = makeSky(t);
  assert.deepEqual(card(1.6, 0).why, ["outside the map"]);
  assert.match(card(-3, 0).title, /^00 4\d/);
  sky.shapes = [{ key: null, edit: circle, card: { title: "OFF 1", rows: [["Counts", "39"]] } }];
  assert.deepEqual(card(0.1, 0.1), { title: "OFF 1", rows: [["Counts", "39"]], why: [] });
  assert.equal(card(0.9, 0).rows[0][1], "2 s");
});

test("nothing is told while a shape is in the hand", (t) => {
  const { sky } = makeSky(t);
  sky.held = { kind: "draw", x: 0, y: 0 };
  probe(sky, 0, 0);
  assert.equal(sky.read.hidden, true);
  sky.held = null;
  probe(sky, 0, 0);
  assert.equal(sky.read.hidden, false);
});

test("the nearest place that has a row is pointed at, and none where nothing is near", (t) => {
  const points = [{ x: 0, y: 0, row: 4 }, { x: 1, y: 1, row: 7 }, { x: 0.9, y: 0.9 }], { sky, model } = makeSky(t, { points });
  sky.view.now.scale = 20;
  probe(sky, 0.8, 0.9);
  assert.equal(model.traits.pointed, 7);
  probe(sky, 0.1, 0);
  assert.equal(model.traits.pointed, 4);
  sky.held = { kind: "draw", x: 0, y: 0 };
  probe(sky, 0.1, 0);
  assert.equal(model.traits.pointed, null);
});
