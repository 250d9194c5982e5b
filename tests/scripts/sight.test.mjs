import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { tellSight } from "../../gpnb/widgets/assets/sight.js";
import { makeModel } from "./fake_page.mjs";

const panel = {};
let observers, life, model;

class FakeObserver {
  constructor(act, margins) { Object.assign(this, { act, margins, on: [] }); observers.push(this); }

  observe(node) { this.on.push(node); }

  disconnect() { this.on = []; }

  see(...seen) { this.act(seen.map((isIntersecting) => ({ isIntersecting }))); }
}

beforeEach(() => {
  observers = [];
  life = new AbortController();
  model = makeModel({});
  globalThis.window = new EventTarget();
  globalThis.IntersectionObserver = FakeObserver;
});

afterEach(() => { delete globalThis.window; delete globalThis.IntersectionObserver; });

const told = () => model.sent.map(({ seen }) => seen);

test("sight is told when it changes, under one name a view", () => {
  tellSight(model, panel, life.signal);
  const [observer] = observers;
  assert.deepEqual(observer.on, [panel]);
  assert.deepEqual(told(), []);
  observer.see(true);
  observer.see(false, true); // out and back in between
  observer.see(false);
  assert.deepEqual(told(), [true, false]);
  tellSight(model, panel, life.signal);
  observers[1].see(false);
  assert.equal(new Set(model.sent.map(({ view }) => view)).size, 2);
  assert.ok(model.sent.every(({ kind }) => kind === "sight"));
});

test("what is printed counts as seen", () => {
  tellSight(model, panel, life.signal);
  observers[0].see(false);
  window.dispatchEvent(new Event("beforeprint"));
  assert.deepEqual(told(), [false, true]);
});

test("a view that goes says so once, whether its kernel listens or not", () => {
  tellSight(model, panel, life.signal);
  observers[0].see(false);
  window.dispatchEvent(new Event("pagehide"));
  life.abort();
  assert.deepEqual(told(), [false, null]);
  assert.deepEqual(observers[0].on, []);
  const other = new AbortController();
  tellSight(model, panel, other.signal);
  observers[1].see(true);
  model.send = () => { throw new Error("Kernel is dead"); };
  other.abort();
});

test("a page without observers tells nothing", () => {
  delete globalThis.IntersectionObserver;
  tellSight(model, panel, life.signal);
  assert.deepEqual(model.sent, []);
});
