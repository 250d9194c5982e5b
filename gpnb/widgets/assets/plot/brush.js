// @ts-check
// A range of x that is drawn, moved and resized, by mouse and by keys.
// The kernel answers step by step: until the last one is answered, or in vain for a while, an answer moves nothing.

import { newGesture } from "../changes.js";
import { h, withModifier } from "../kit.js";
import { plain, unitOf } from "./numbers.js";
import { numberAt } from "./ticks.js";
import { coordinate, drawn } from "./svg.js";

/** @import { Model } from "../kit.js" */
/** @import { Box } from "./axes.js" */
/** @import { Scale } from "./scale.js" */
/** @import { Axis } from "./ticks.js" */

/** @typedef {[number, number]} Ends */
/** @typedef {{ chosen: number[], brushed: (number | string | null)[] }} Brushed */

const PATIENCE = 1500; // ms after which an answer is no longer waited for
const NEAR = 3; // pixels: so far an answer may be from what was asked for
const LEAST = 2; // pixels of a range
const STEPS = 100; // of an arrow key from end to end; with Shift a tenth of them

export class Brush {
  /**
   * @param {Model<any>} model One with the traits of Brushed
   * @param {() => void} redraw
   */
  constructor(model, redraw) {
    this.model = model;
    this.redraw = redraw;
    /** @type {Ends | null} What is shown as chosen */
    this.ends = null;
    /** @type {Ends | null | undefined} What the kernel has not answered yet */
    this.asked = undefined;
    this.held = false;
    this.timer = 0;
    this.gesture = "";
    this.area = drawn("rect", { class: "gpnb-chosen" });
    this.grips = ["Low end", "High end"].map((name, end) => this.grip(name, end));
    /** @type {Scale | null} */
    this.scale = null;
  }

  /**
   * @param {string} name
   * @param {number} end 0 or 1
   */
  grip(name, end) {
    const node = h("div", { class: "gpnb-grip", role: "slider", tabindex: "0", "aria-label": `${name} of the chosen range`, hidden: true });
    node.addEventListener("focus", () => { this.gesture = newGesture(); });
    node.addEventListener("keydown", (event) => this.key(event, end));
    return node;
  }

  /** The kernel's range, unless it is older than what was done since. */
  take() {
    const chosen = this.model.get("chosen"), ends = chosen.length === 2 ? /** @type {Ends} */ ([chosen[0], chosen[1]]) : null;
    if (this.held || (this.asked !== undefined && !this.answers(ends))) return;
    clearTimeout(this.timer);
    this.asked = undefined;
    this.ends = ends;
  }

  /** @param {Ends | null} ends */
  answers(ends) {
    if (!ends || !this.asked) return ends === this.asked;
    const { scale, asked } = this;
    return !scale || ends.every((end, n) => Math.abs(scale.to(end) - scale.to(asked[n])) <= NEAR);
  }

  start() {
    this.gesture = newGesture();
    this.held = true;
  }

  release() {
    this.held = false;
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.asked = undefined;
      this.take();
      this.redraw();
    }, PATIENCE);
  }

  /**
   * Choose from pixel to pixel, or nothing.
   * @param {[number, number] | null} pixels
   */
  ask(pixels) {
    const { scale } = this;
    if (!scale) return;
    const inside = pixels && pixels.map((pixel) => Math.max(scale.first, Math.min(scale.last, pixel))).sort((a, b) => a - b);
    this.tell(inside && /** @type {Ends} */ ([scale.from(inside[0]), scale.from(Math.max(inside[1], inside[0] + LEAST))]));
  }

  /** @param {Ends | null} ends */
  tell(ends) {
    this.ends = this.asked = ends;
    this.model.set("brushed", [...(ends ?? [null, null]), this.gesture]);
    this.model.save_changes();
    if (!this.held) this.wait();
    this.redraw();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} end
   */
  key(event, end) {
    const { scale } = this;
    if (!scale || !this.ends || withModifier(event)) return;
    const pixels = /** @type {Ends} */ (this.ends.map((value) => scale.to(value))), step = ((scale.last - scale.first) / STEPS) * (event.shiftKey ? 10 : 1);
    const moves = /** @type {Record<string, number>} */ ({ ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, Home: -Infinity, End: Infinity });
    if (event.key === "Delete" || event.key === "Backspace") this.ask(null);
    else if (event.key in moves) {
      const moved = Math.max(scale.first, Math.min(scale.last, pixels[end] + moves[event.key]));
      pixels[end] = end ? Math.max(moved, pixels[0] + LEAST) : Math.min(moved, pixels[1] - LEAST);
      this.ask(pixels);
    } else return;
    event.preventDefault();
  }

  /**
   * The pixels of what is chosen.
   * @returns {Ends | null}
   */
  get pixels() {
    const { scale, ends } = this;
    return scale && ends ? [scale.to(ends[0]), scale.to(ends[1])] : null;
  }

  /**
   * @param {Scale} scale
   * @param {Axis} axis
   * @param {Box} box
   * @param {boolean} usable Whether it can be changed
   */
  draw(scale, axis, box, usable) {
    this.scale = scale;
    const pixels = this.pixels, [a, b] = (pixels ?? [0, 0]).map((pixel) => Math.max(box.left - 1, Math.min(box.right + 1, pixel)));
    const place = { x: coordinate(a), width: coordinate(b - a), y: box.top, height: box.bottom - box.top };
    for (const [name, value] of Object.entries(place)) this.area.setAttribute(name, String(value));
    this.area.style.display = pixels && b > a ? "" : "none";
    this.grips.forEach((grip, end) => this.drawGrip(grip, pixels?.[end] ?? NaN, this.ends?.[end] ?? NaN, { axis, box, usable }));
  }

  /**
   * @param {HTMLElement} grip
   * @param {number} pixel
   * @param {number} value
   * @param {{ axis: Axis, box: Box, usable: boolean }} given
   */
  drawGrip(grip, pixel, value, { axis, box, usable }) {
    grip.hidden = !usable || !(pixel >= box.left - 0.5 && pixel <= box.right + 0.5);
    if (grip.hidden) return;
    grip.style.left = `${pixel}px`;
    grip.style.top = `${(box.top + box.bottom) / 2}px`;
    const told = axis.scale ? numberAt(...axis.scale, value) : value;
    grip.setAttribute("aria-valuemin", String(axis.low));
    grip.setAttribute("aria-valuemax", String(axis.high));
    grip.setAttribute("aria-valuenow", String(value));
    grip.setAttribute("aria-valuetext", `${plain(Number(told.toPrecision(axis.scale ? 10 : 4)))} ${unitOf(axis.label).unit}`.trim());
  }
}
