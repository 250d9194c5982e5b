import assert from "node:assert/strict";
import { test } from "node:test";

import { distinct, toSky } from "../../gpnb/widgets/assets/aladin/draw.js";
import { makeImages } from "../../gpnb/widgets/assets/aladin/images.js";
import { nearest } from "../../gpnb/widgets/assets/aladin/overlay.js";
import { makeSurvey } from "../../gpnb/widgets/assets/aladin/survey.js";

const soon = () => new Promise((done) => { setTimeout(done, 5); });

test("pixels become places of the sky", () => {
  const aladin = { pix2world: (x, y) => [x / 10, -y / 10] };
  assert.deepEqual(toSky(aladin, "circle", [[10, 10], [20, 10]]), { kind: "circle", places: [[1, -1], [2, -1]] });
  const { places } = toSky(aladin, "ellipse", [[10, 30], [30, 10]]); // the middle, to the right, above
  assert.deepEqual(places, [[2, -2], [3, -2], [2, -1]]);
});

test("a shape that reaches beside the sphere is none", () => {
  const off = { pix2world: (x) => { if (x > 15) throw new Error("off"); return [x, 0]; } };
  assert.equal(toSky(off, "circle", [[10, 10], [20, 10]]), null);
  assert.equal(toSky({ pix2world: () => [NaN, NaN] }, "polygon", [[0, 0], [1, 0], [0, 1]]), null);
});

test("a double click sets one corner", () => {
  assert.deepEqual(distinct([[0, 0], [9, 0], [9, 0.5], [9, 9]]), [[0, 0], [9, 0], [9, 9]]);
});

test("the nearest name is shown, if it is near", () => {
  const pixels = [null, [10, 10], [14, 10]];
  assert.deepEqual(nearest(pixels, [13, 10]), [2]);
  assert.deepEqual(nearest(pixels, [40, 10]), []);
  assert.deepEqual(nearest(pixels, null), []);
  assert.deepEqual(nearest([null], [0, 0]), []);
});

const style = { cmap: "Inferno", colours: ["#000000"], stretch: "log", low: 1, high: 2, opacity: 0.5 };

/** An Aladin that keeps what it is told, and loads when it is told to. */
function makeAladin() {
  const loads = [], layers = new Map(), maps = [];
  const layerOf = () => {
    const told = {};
    return { told, setColormap: (name) => { told.map = name; }, setCuts: (...cuts) => { told.cuts = cuts; },
      setOpacity: (value) => { told.opacity = value; } };
  };
  return {
    loads, layers, maps,
    getListOfColormaps: () => maps,
    addColormap: (name) => maps.push(name),
    createImageFITS: (url, options, done) => { loads.push(done); return layerOf(); },
    setOverlayImageLayer: (layer, name) => layers.set(name, layer),
    getOverlayImageLayer: (name) => layers.get(name) ?? null,
    removeImageLayer: (name) => layers.delete(name),
  };
}

test("of images that come fast the last one is shown", async () => {
  const aladin = makeAladin(), images = makeImages(aladin);
  for (const byte of [1, 2, 3]) images.show("counts", new Uint8Array([byte]), { ...style, low: byte });
  assert.equal(aladin.loads.length, 1);
  aladin.loads[0]();
  await soon();
  assert.equal(aladin.loads.length, 2); // the second was never loaded
  aladin.loads[1]();
  await soon();
  assert.deepEqual([...aladin.layers.values()].map((layer) => layer.told), [{ map: "gpnb-inferno", cuts: [3, 2], opacity: 0.5 }]);
  assert.deepEqual(aladin.maps, ["gpnb-inferno"]);
});

test("an image that goes while it loads does not come back, nor is its name known then", async () => {
  const aladin = makeAladin(), images = makeImages(aladin);
  images.show("counts", new Uint8Array(1), style);
  images.remove("counts");
  images.remove("counts");
  images.restyle("counts", style);
  aladin.loads[0]();
  await soon();
  assert.equal(aladin.layers.size, 0);
});

test("a survey that does not answer leaves a plain sky, and the last choice counts", async (t) => {
  const asked = [], told = [], shown = [];
  t.mock.method(globalThis, "fetch", async (url) => { asked.push(url); return { ok: !url.includes("gone") }; });
  const A = { image: () => "plain" }, choose = makeSurvey(A, { setBaseImageLayer: (layer) => shown.push(layer) }, (state) => told.push(state));
  await choose("none");
  await choose("survey/gone");
  await choose("survey/gone"); // the answer is remembered
  await Promise.all([choose("survey/one"), choose("survey/two")]);
  assert.deepEqual(told.filter((state) => state !== "loading"), ["there", "out of reach", "out of reach", "there"]);
  assert.deepEqual(shown, ["plain", "plain", "plain", "survey/two"]);
  assert.deepEqual(asked, ["survey/gone/properties", "survey/one/properties", "survey/two/properties"]);
});
