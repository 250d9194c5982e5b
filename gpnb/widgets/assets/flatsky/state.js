// @ts-check
// What the flat sky knows: what Python told, and what the user is about to do.

import { h } from "../kit.js";
import { inside, outline } from "./shapes.js";
import { View } from "./view.js";

/** @import { Model } from "../kit.js" */
/** @import { Card } from "../told.js" */
/** @import { Scaled } from "./pixels.js" */
/** @import { Marker } from "./markers.js" */
/** @import { Look } from "./readout.js" */
/** @import { Handle, Point, Shape } from "./shapes.js" */
/** @import { Window } from "./view.js" */

/**
 * A shape as Python tells it; without a key it cannot be chosen.
 * @typedef {object} Item
 * @property {string | null} key
 * @property {Shape} edit
 * @property {string} colour
 * @property {"solid" | "dashed" | "hatched"} style
 * @property {string} [label]
 * @property {boolean} [fixed]
 * @property {number} [alpha]
 * @property {boolean} [thin]
 * @property {Omit<Card, "why">} [card] What is told where it is pointed at
 */
/** @typedef {{ x: number, y: number, label: string, colour: string, marker: Marker, alpha?: number, within?: number, row?: number }} Place */
/** @typedef {{ x: number, y: number, text: string, side: "left" | "bottom" | "within" }} Label */
/**
 * @typedef {object} Traits
 * @property {DataView} pixels
 * @property {Scaled & { opacity?: number, unit: string, name?: string, title?: string, size?: string }} image
 * @property {DataView} lut
 * @property {DataView} lattice
 * @property {Look} look
 * @property {{ lines?: Point[][], labels: Label[] }} grid
 * @property {Point[][]} contours
 * @property {{ paths?: Point[][], colour: string, alpha: number }} lines
 * @property {Item[]} shapes
 * @property {Place[]} points
 * @property {Window | []} window
 * @property {[string, string, string][]} tools
 * @property {number | null} pointed The row of the place that is pointed at
 * @property {boolean} probes
 * @property {{ x?: number, y?: number, rows?: [string, string][], why?: string[] }} told
 */

/**
 * What the pointer holds, and where it took it.
 * @typedef {{ kind: "draw", x: number, y: number }
 *   | { kind: "handle", drag: Handle["drag"] }
 *   | { kind: "body", x: number, y: number, edit: Shape }
 *   | { kind: "pan", x: number, y: number, sx: number, sy: number, window: Window }} Held
 */

export const REACH = 9; // screen pixels around a handle or a point

export class Sky {
  /**
   * @param {Model<Traits>} model
   * @param {(sky: Sky) => void} draw Draws a frame
   */
  constructor(model, draw) {
    this.model = model;
    this.draw = draw;
    this.view = new View(() => model.get("image"));
    this.canvas = h("canvas", { tabindex: "0", role: "application", "aria-roledescription": "sky map" });
    this.read = h("div", { class: "gpnb-read", hidden: true });
    this.bar = h("div", { class: "gpnb-float gpnb-float-tools", role: "toolbar", "aria-label": "Drawing" });
    this.root = h("div", { class: "gpnb-sky" }, this.canvas, this.bar);
    this.painted = h("canvas");
    /** @type {Float32Array} */
    this.values = new Float32Array(0);
    /** @type {Float32Array} Unit vectors across the image */
    this.lattice = new Float32Array(0);
    /** @type {Point | null} What the kernel is still to be asked for */
    this.wanted = null;
    this.asking = 0;
    /** @type {Shape | null} A shape in the hand that is told of */
    this.dragged = null;
    this.telling = 0;
    this.said = false;
    /** @type {Item[]} */
    this.shapes = [];
    this.tool = "move";
    /** @type {string | null} The key of a shape */
    this.chosen = null;
    /** @type {{ key: string | null, edit: Shape } | null} How a shape is now, before Python knows */
    this.local = null;
    /** @type {Shape | null} A shape that is being drawn */
    this.draft = null;
    /** @type {Point[] | null} Those of a polygon that is being drawn */
    this.corners = null;
    /** @type {Point | null} */
    this.cursor = null;
    /** @type {Held | null} */
    this.held = null;
    this.pending = 0;
    this.later = 0;
    this.rest = 0;
  }

  /** Have a frame drawn soon, however often this is called. */
  request() {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0;
      this.draw(this);
    });
  }

  /** What a tool draws: "mask-circle" is a circle too. */
  get type() { return this.tool.replace(/^mask-/, ""); }

  /** The crosshair, else the middle. */
  get place() { return this.cursor ?? /** @type {Point} */ ([this.view.now.cx, this.view.now.cy]); }

  /** The chosen shape as it is now. */
  get current() {
    const shape = this.chosen === null ? undefined : this.shapes.find((item) => item.key === this.chosen);
    return shape && (this.local?.key === this.chosen ? this.local.edit : shape.edit);
  }

  /**
   * The topmost shape at a place that can be chosen.
   * @param {number} x
   * @param {number} y
   */
  under(x, y) {
    return [...this.shapes].reverse().find((item) => item.key !== null && !item.fixed && inside(outline(item.edit), x, y));
  }

  /**
   * Whether two places are near each other on the screen.
   * @param {Point} one
   * @param {Point} other
   */
  near([x, y], [ox, oy], reach = REACH) { return Math.hypot(x - ox, y - oy) * this.view.now.scale < reach; }

  /**
   * Tell a shape: the chosen one changed, or a new one if none is chosen.
   * @param {Shape} shape
   */
  send(shape) { this.model.send({ kind: "shape", key: this.chosen, shape, tool: this.tool }); }

  /**
   * @param {number} x
   * @param {number} y
   */
  click(x, y) { this.model.send({ kind: "click", x, y, reach: REACH / this.view.now.scale }); }
}
