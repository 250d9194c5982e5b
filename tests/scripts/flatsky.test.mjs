import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { writeName } from "../../gpnb/widgets/assets/flatsky/draw.js";
import { showTools, take } from "../../gpnb/widgets/assets/flatsky/drawing.js";
import { listenKeys } from "../../gpnb/widgets/assets/flatsky/keys.js";
import { listenPointer } from "../../gpnb/widgets/assets/flatsky/pointer.js";
import { Sky } from "../../gpnb/widgets/assets/flatsky/state.js";
import { event, makeModel, makePage } from "./fake_page.mjs";

const circle = { type: "circle", x: 50, y: 50, r: 10 };

/** A sky of 100 × 100 pixels that fills 400 × 400 px, with one circle that can be chosen below a fixed one. */
function make(t) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  makePage();
  const image = { nx: 100, ny: 100, unit: "" };
  const model = makeModel({ image, look: {}, told: {}, points: [], pointed: null, tools: [["circle", "Circle", "Draw"], ["polygon", "Polygon", "Draw"]] });
  const sky = new Sky(model, () => {}), { signal } = new AbortController();
  sky.shapes = [{ key: "on", edit: circle }, { key: null, edit: circle, fixed: true }];
  sky.view.lay(400);
  listenPointer(sky, signal);
  listenKeys(sky, signal);
  showTools(sky);
  const at = (name, x, y, more = {}) => {
    const [clientX, clientY] = sky.view.toScreen(x, y);
    const happened = event(name, { clientX, clientY, button: 0, pointerId: 1, ...more });
    sky.canvas.dispatchEvent(happened);
    return happened;
  };
  const drag = (from, to) => { at("pointerdown", ...from); at("pointermove", ...to); at("pointerup", ...to); };
  const press = (key, more = {}) => sky.canvas.dispatchEvent(event("keydown", { key, ...more }));
  const sent = () => model.sent.splice(0);
  return { sky, model, at, drag, press, sent };
}

const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);

test("a drag with a tool draws a new shape, and the tool is laid down", (t) => {
  const { sky, drag, sent } = make(t);
  take(sky, "mask-circle");
  drag([20, 20], [23, 24]);
  const [{ kind, key, shape, tool }] = sent();
  assert.deepEqual([kind, key, tool], ["shape", null, "mask-circle"]);
  assert.equal(shape.type, "circle");
  near(shape.r, 5);
  assert.equal(sky.tool, "move");
});

test("a shape in the hand is told, not too often, and taken back at the end", (t) => {
  const { at, sent } = make(t);
  at("pointerdown", 52, 50);
  for (const x of [53, 54, 55]) at("pointermove", x, 50);
  assert.deepEqual(sent(), []);
  mock.timers.tick(60);
  const [{ kind, key, shape }] = sent();
  assert.deepEqual([kind, key], ["dragged", "on"]);
  near(shape.x, 53);
  at("pointerup", 55, 50);
  assert.deepEqual(sent().map((message) => [message.kind, message.key]), [["dragged", null], ["shape", "on"]]);
  mock.timers.tick(1000);
  assert.deepEqual(sent(), []);
});

test("a slip of the mouse draws nothing", (t) => {
  const { sky, drag, sent } = make(t);
  take(sky, "circle");
  drag([20, 20], [20.2, 20]);
  assert.deepEqual(sent(), []);
});

test("a shape is taken at its body and told where it is put; fixed ones stay", (t) => {
  const { sky, drag, sent } = make(t);
  drag([52, 50], [57, 48]);
  const [{ kind, shape }] = sent();
  assert.equal(kind, "shape");
  assert.equal(sky.chosen, "on");
  near(shape.x, 55);
  near(shape.y, 48);
});

test("a chosen shape is taken at its handle", (t) => {
  const { drag, sent } = make(t);
  drag([50, 50], [50, 50.1]);
  sent();
  drag([60, 50.1], [64, 50.1]);
  near(sent()[0].shape.r, 14);
});

test("a click is told where it was, with its reach in pixels of the image", (t) => {
  const { at, sent } = make(t);
  at("pointerdown", 10, 80);
  at("pointerup", 10, 80);
  const [{ kind, x, y, reach }] = sent();
  assert.equal(kind, "click");
  near(x, 10);
  near(y, 80);
  near(reach, 9 / 4);
});

test("a drag beside shapes moves the view, which is told at its end", (t) => {
  const { sky, drag, sent } = make(t);
  drag([10, 10], [15, 13]);
  const [{ kind, window }] = sent();
  assert.equal(kind, "window");
  near(window[0], -5.5);
  near(window[1], -3.5);
  assert.equal(window, sky.view.window);
});

test("a polygon is closed at its first corner, and a corner is not set twice", (t) => {
  const { sky, at, sent } = make(t);
  take(sky, "polygon");
  for (const [x, y] of [[10, 10], [10, 10.2], [30, 10], [20, 30], [10.5, 10.5]]) at("pointerdown", x, y);
  const [{ shape }] = sent();
  assert.equal(shape.points.length, 3);
  assert.equal(sky.corners, null);
});

test("two corners are no polygon", (t) => {
  const { sky, at, sent } = make(t);
  take(sky, "polygon");
  at("pointerdown", 10, 10);
  at("pointerdown", 30, 10);
  at("dblclick", 30, 10);
  assert.deepEqual([sent(), sky.corners], [[], null]);
});

test("keys move, grow and remove a chosen shape, told when they rest", (t) => {
  const { press, drag, sent } = make(t);
  drag([50, 50], [50, 50.001]);
  sent();
  press("ArrowRight", { shiftKey: true });
  press("ArrowUp");
  press("+");
  assert.deepEqual(sent(), []);
  mock.timers.tick(300);
  const [{ shape }] = sent();
  near(shape.x, 52.5);
  near(shape.r, 10.5);
  press("Delete");
  assert.deepEqual(sent(), [{ kind: "remove", key: "on" }]);
});

test("with nothing chosen the same keys change nothing", (t) => {
  const { press, sent } = make(t);
  for (const key of ["+", "-", "Delete"]) press(key);
  mock.timers.tick(1000);
  assert.deepEqual(sent(), []);
});

test("Enter takes what is under the crosshair, or drops a shape", (t) => {
  const { sky, press, sent } = make(t);
  press("Enter"); // the crosshair begins in the middle, which is 49.5
  assert.equal(sky.chosen, "on");
  press("Escape");
  assert.equal(sky.chosen, null);
  take(sky, "circle");
  press("Enter");
  near(sent()[0].shape.r, 6);
});

test("the page scrolls over a sky that is not in use", (t) => {
  const { sky, at, sent } = make(t);
  document.activeElement = null;
  assert.equal(at("wheel", 50, 50, { deltaY: -400 }).defaultPrevented, false);
  sky.canvas.focus();
  assert.equal(at("wheel", 50, 50, { deltaY: -400 }).defaultPrevented, true);
  mock.timers.tick(150);
  near(sent()[0].window[2] - sky.view.window[2], 0);
  at("wheel", 50, 50, { deltaY: 4000 });
  mock.timers.tick(150);
  assert.deepEqual(sent(), [{ kind: "window", window: [] }]);
});

test("a frame is drawn once, however often it is asked for", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const page = makePage();
  let frames = 0;
  const sky = new Sky(makeModel({ image: { nx: 1, ny: 1 } }), () => { frames += 1; });
  sky.request();
  sky.request();
  page.draw();
  sky.request();
  page.draw();
  assert.equal(frames, 2);
});

test("a name stands at the left of its place where the sky ends, and not on another one", () => {
  globalThis.getComputedStyle = () => ({ fontFamily: "sans-serif" });
  const written = [], g = { canvas: {}, measureText: (name) => ({ width: 6 * name.length }), strokeText: () => {}, fillText: (...given) => written.push(given) };
  const taken = [];
  writeName(g, "here", [100, 50], 400, taken);
  writeName(g, "there", [390, 50], 400, taken);
  writeName(g, "hidden", [101, 52], 400, taken);
  assert.deepEqual(written, [["here", 109, 44], ["there", 351, 44]]);
});
