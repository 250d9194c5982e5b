// @ts-check
// Drawing a shape: a tool is taken, corners are set, the shape is told.

import { button } from "../kit.js";

/** @import { Point, Shape } from "./shapes.js" */
/** @import { Sky } from "./state.js" */

const SAME = 2; // px between two corners that are one

/** @param {Sky} sky */
export function showTools(sky) {
  sky.bar.replaceChildren(...sky.model.get("tools").map(([name, word, hint]) => button(word, hint, () => take(sky, name),
    { "aria-pressed": String(name === sky.tool) })));
}

/**
 * @param {Sky} sky
 * @param {string} name Of a tool
 */
export function take(sky, name) {
  sky.tool = name;
  sky.draft = null;
  sky.corners = null;
  showTools(sky);
  sky.canvas.style.cursor = name === "move" ? "default" : "crosshair";
  sky.canvas.focus({ preventScroll: true });
  sky.request();
}

/**
 * @param {Sky} sky
 * @param {Shape} shape
 */
export function finish(sky, shape) {
  sky.chosen = null;
  sky.send(shape);
  take(sky, "move");
}

/**
 * Set a corner of a polygon; the first one again closes it.
 * @param {Sky} sky
 * @param {Point} place
 */
export function corner(sky, place) {
  const corners = sky.corners ?? [];
  if (corners.length > 2 && sky.near(place, corners[0])) closePolygon(sky);
  else if (!corners.length || !sky.near(place, corners[corners.length - 1], SAME)) sky.corners = [...corners, place];
}

/** @param {Sky} sky */
export function closePolygon(sky) {
  const points = sky.corners ?? [];
  sky.corners = null;
  if (points.length > 2) finish(sky, { type: "polygon", points });
  sky.request();
}
