// @ts-check
// The bar beside a sky: which value has which colour. Its ends are dragged to cut; the scale holds still while they are.

import { sender } from "./changes.js";
import { barTicks, cutAt, endWords, exponentOf, inPowers } from "./colour_bar/values.js";
import { h, keepKeys, lifetime, watch, withModifier } from "./kit.js";
import { tenTo } from "./plot/numbers.js";
import { octets } from "./bytes.js";
import { placing, valuing } from "./scale.js";

/** @import { Given, Model } from "./kit.js" */
/** @import { Changed, Sender } from "./changes.js" */
/** @import { Colouring } from "./scale.js" */

/** @typedef {Colouring & { unit: string, auto: [boolean, boolean] }} Bar */
/** @typedef {Changed & { bar: Bar | {}, lut: DataView }} BarTraits */

const ENDS = /** @type {const} */ (["low", "high"]);
const NAMES = ["Value of the first colour", "Value of the last colour"];
const PATIENCE = 1500; // ms after which an answer is no longer waited for
const STEP = 0.01; // of the bar, by an arrow key; with Shift ten of them

class ColourBar {
  /** @param {Model<BarTraits>} model */
  constructor(model) {
    this.model = model;
    /** @type {Sender} */
    this.out = sender(model);
    this.unit = h("div", { class: "gpnb-bar-unit" });
    this.strip = h("canvas", { width: "1", height: "256" });
    this.ticks = h("div", { "aria-hidden": "true" });
    this.track = h("div", { class: "gpnb-bar-track" }, this.strip, this.ticks);
    this.grips = NAMES.map((name, end) => this.grip(name, end));
    this.track.append(...this.grips.flatMap(({ node, words }) => [node, words]));
    this.root = h("div", { class: "gpnb-colour-bar" }, this.unit, this.track);
    /** @type {Colouring | null} The scale from when an end was taken until that is answered */
    this.still = null;
    /** @type {{ end: number, value: number } | null} What was asked for last */
    this.asked = null;
    this.held = false;
    this.timer = 0;
  }

  /**
   * @param {string} name
   * @param {number} end 0 or 1
   */
  grip(name, end) {
    const node = h("div", { class: "gpnb-bar-grip", role: "slider", tabindex: "0", "aria-label": name, "aria-orientation": "vertical",
      title: "Drag to cut; double-click for the automatic cut" });
    node.addEventListener("focus", () => this.out.start());
    node.addEventListener("pointerdown", (event) => this.take(event, node));
    node.addEventListener("pointermove", (event) => { if (this.held && node.hasPointerCapture(event.pointerId)) this.drag(event, end); });
    for (const kind of /** @type {const} */ (["pointerup", "pointercancel"])) node.addEventListener(kind, () => this.release());
    node.addEventListener("dblclick", () => this.free(end));
    node.addEventListener("keydown", (event) => this.key(event, end));
    return { node, words: h("b", { class: "gpnb-bar-end" }) };
  }

  /** The bar as it will be once all is answered; null if there is none. */
  get bar() {
    const told = this.model.get("bar");
    if (!("low" in told)) return null;
    return this.asked ? { ...told, [ENDS[this.asked.end]]: this.asked.value } : told;
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} node
   */
  take(event, node) {
    if (event.button !== 0 || !this.bar) return;
    event.preventDefault();
    node.focus();
    node.setPointerCapture(event.pointerId);
    this.out.start();
    this.held = true;
    this.still ??= this.bar;
  }

  /**
   * @param {PointerEvent} event
   * @param {number} end
   */
  drag(event, end) {
    const box = this.track.getBoundingClientRect();
    this.ask(end, (box.bottom - event.clientY) / Math.max(box.height, 1));
  }

  release() {
    if (!this.held) return;
    this.held = false;
    this.wait();
  }

  /**
   * Cut at a place of the bar.
   * @param {number} end
   * @param {number} place
   */
  ask(end, place) {
    const { bar } = this, scale = this.still ?? bar;
    if (!bar || !scale) return;
    this.asked = { end, value: cutAt(end, valuing(scale)(place), bar) };
    this.out.send(ENDS[end], this.asked.value);
    if (!this.held) this.wait();
    this.draw();
  }

  /** @param {number} end */
  free(end) {
    this.asked = null;
    this.out.start();
    this.out.send(ENDS[end], null);
    this.settle();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} end
   */
  key(event, end) {
    const { bar } = this, step = STEP * (event.shiftKey ? 10 : 1);
    const moves = /** @type {Record<string, number>} */ ({ ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step });
    if (!bar || withModifier(event)) return;
    if (event.key === "Delete" || event.key === "Backspace") this.free(end);
    else if (event.key in moves) {
      this.still = bar;
      this.ask(end, end + moves[event.key]);
    } else return;
    event.preventDefault();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.asked = null; this.settle(); }, PATIENCE);
  }

  /** What the kernel tells: an answer ends the wait. */
  told() {
    const bar = this.model.get("bar"), { asked } = this;
    if (asked && !("low" in bar && bar[ENDS[asked.end]] === asked.value)) return this.draw();
    if (!this.held) this.asked = null;
    return this.settle();
  }

  settle() {
    if (!this.held && !this.asked) this.still = null;
    this.draw();
  }

  /** The colours, the last one on top. */
  paint() {
    const lut = octets(this.model.get("lut")), context = this.strip.getContext("2d");
    if (!context || lut.length < 768) return;
    const data = context.createImageData(1, 256);
    for (let k = 0; k < 256; k += 1) data.data.set([lut[3 * k], lut[3 * k + 1], lut[3 * k + 2], 255], 4 * (255 - k));
    context.putImageData(data, 0, 0);
  }

  draw() {
    const { bar } = this, scale = this.still ?? bar;
    this.root.hidden = !bar;
    if (!bar || !scale) return;
    const place = placing(scale), value = valuing(bar), ends = [bar.low, bar.high], exponent = exponentOf(scale), words = endWords(inPowers(bar, exponent));
    const unit = [exponent ? tenTo(exponent) : "", bar.unit].filter(Boolean).join(" ");
    this.unit.textContent = this.unit.title = unit;
    this.grips.forEach(({ node, words: text }, end) => {
      node.style.bottom = text.style.bottom = `${100 * place(ends[end])}%`;
      text.textContent = words[end];
      const [least, most] = end ? [bar.low, value(2)] : [value(-1), bar.high];
      const told = { valuenow: ends[end], valuemin: least, valuemax: most,
        valuetext: [words[end], unit, bar.auto[end] ? "automatic" : ""].filter(Boolean).join(" ") };
      for (const [name, value] of Object.entries(told)) node.setAttribute(`aria-${name}`, String(value));
    });
    const shown = inPowers(scale, exponent), at = placing(shown);
    const marks = barTicks(shown, this.track.clientHeight, ends.map(place));
    this.ticks.replaceChildren(...marks.map(([value, text]) => h("span", { class: "gpnb-bar-tick", style: `bottom:${100 * at(value)}%`,
      "data-value": String(value) }, text)));
  }
}

/** @param {Given<BarTraits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given), bar = new ColourBar(model);
  el.classList.add("gpnb-part", "gpnb-bar-part");
  el.append(bar.root);
  keepKeys(bar.root, signal);
  watch(model, signal, ["lut"], () => bar.paint());
  watch(model, signal, ["bar"], () => bar.told());
  const resized = new ResizeObserver(() => bar.draw());
  resized.observe(bar.root);
  signal.addEventListener("abort", () => resized.disconnect());
  return end;
}

export default { render };
