import assert from "node:assert/strict";
import { test } from "node:test";

import { barTicks, cutAt, endWords, exponentOf, inPowers } from "../../gpnb/widgets/assets/colour_bar/values.js";
import { placing, valuing } from "../../gpnb/widgets/assets/scale.js";

const scale = (low, high, stretch = "linear", centred = false) => ({ low, high, stretch, centred });
const near = (one, other, so = 1e-9) => assert.ok(Math.abs(one - other) <= so * Math.max(1, Math.abs(other)), `${one} is not ${other}`);
const texts = (...given) => barTicks(scale(...given), 400).map(([, text]) => text);

test("places and values are each other's inverse, at every stretch, about 0 or not", () => {
  for (const stretch of ["linear", "sqrt", "asinh", "log"]) {
    for (const one of [scale(2, 50, stretch), scale(-2, 16, stretch, true), scale(-9, 9, stretch, true)]) {
      for (const at of [0, 0.1, 0.49, 0.5, 0.77, 1]) near(placing(one)(valuing(one)(at)), at);
    }
  }
});

test("0 has the middle of a scale about 0, whatever its ends", () => {
  for (const stretch of ["linear", "sqrt", "asinh", "log"]) near(placing(scale(-2, 16, stretch, true))(0), 0.5);
  near(placing(scale(-2, 16, "linear", true))(8), 0.75);
  near(placing(scale(-2, 16, "linear", true))(-1), 0.25);
  near(placing(scale(-2, 16, "linear", true))(-50), 0);
});

test("beyond the ends values go on", () => {
  near(valuing(scale(0, 10))(1.5), 15);
  near(valuing(scale(0, 10))(-0.5), -5);
  near(valuing(scale(1, 100, "log"))(1.5), 1000);
  near(valuing(scale(-4, 4, "linear", true))(1.25), 6);
  near(valuing(scale(0, 4, "sqrt"))(1.5), 9);
});

test("ticks follow the stretch and keep away from the ends", () => {
  assert.deepEqual(texts(-2, 16), ["0", "5", "10", "15"]);
  assert.deepEqual(texts(1, 1000, "log"), ["10", "100"]);
  assert.ok(texts(-2, 16, "linear", true).includes("0"));
  assert.equal(texts(-5, 5, "asinh", true).filter((text) => text.startsWith("−")).length, texts(-5, 5, "asinh", true).length >> 1);
  for (const given of [[0, 6, "sqrt"], [100, 150, "sqrt"], [3, 4000, "asinh"], [-1e-3, 2e-3, "asinh", true], [0, 1e-9, "log"]]) {
    const one = scale(...given), places = barTicks(one, 400).map(([value]) => placing(one)(value)).sort((a, b) => a - b);
    assert.ok(places.length >= 2, `${given}: ${places}`);
    [0, ...places, 1].reduce((before, place) => { assert.ok((place - before) * 400 > 19.9, `${given}: ${places}`); return place; }, -1);
  }
});

test("a low bar has few ticks or none, never crowded ones", () => {
  assert.ok(barTicks(scale(0, 6), 60).length <= 2);
  assert.deepEqual(barTicks(scale(0, 6), 0), []);
});

test("ends are told with the digits that tell them apart, large ones in powers of ten", () => {
  assert.deepEqual(endWords(scale(-2, 16)), ["−2", "16"]);
  assert.deepEqual(endWords(scale(0.153, 2.61)), ["0.15", "2.61"]);
  const exposure = scale(0, 3.9e13), exponent = exponentOf(exposure);
  assert.equal(exponent, 13);
  assert.deepEqual(endWords(inPowers(exposure, exponent)), ["0", "3.9"]);
  assert.equal(exponentOf(scale(-3, 4e-12)), 0);
  assert.equal(exponentOf(scale(0, 4e-12)), -12);
});

test("an end stays on its side of the other, of 0, and above 0 on a logarithm", () => {
  assert.equal(cutAt(1, 12.3456, scale(-2, 16)), 12.3);
  assert.equal(cutAt(0, 20, scale(-2, 16)), 15.9);
  assert.equal(cutAt(1, -20, scale(-2, 16)), -1.9);
  assert.equal(cutAt(0, 3, scale(-2, 16, "linear", true)), -0.1);
  assert.equal(cutAt(1, -3, scale(-2, 16, "linear", true)), 0.1);
  assert.equal(cutAt(0, 0.0123456, scale(1, 100, "log")), 0.0123);
  assert.equal(cutAt(0, 500, scale(1, 100, "log")), 99.9);
});
