// @ts-check
// Coordinate lines over the image, with their labels where there is room.

import { strokeLines, text } from "./pen.js";

/** @import { Context } from "./pen.js" */
/** @import { Label, Sky } from "./state.js" */

const READOUT = 260; // px that the read-out takes where it stands at the lower right

/**
 * @param {Context} g
 * @param {Sky} sky
 */
export function drawGridLines(g, sky) {
  const { model, view } = sky, grid = model.get("grid");
  if (!grid.lines) return;
  const [left, top] = view.toScreen(-0.5, view.ny - 0.5);
  g.save();
  g.beginPath();
  g.rect(left, top, view.nx * view.now.scale, view.ny * view.now.scale);
  g.clip();
  strokeLines(g, view, grid.lines, "#ffffff", 0.22, 1);
  g.restore();
}

/**
 * Over all else: they must be read.
 * @param {Context} g
 * @param {Sky} sky
 */
export function drawGridLabels(g, sky) {
  for (const label of sky.model.get("grid").labels ?? []) drawLabel(g, sky, label);
}

/**
 * @param {Context} g
 * @param {Sky} sky
 * @param {Label} label
 */
function drawLabel(g, { view, read }, { x, y, text: words, side }) {
  const { width, height } = view.now, [sx, sy] = view.toScreen(x, y);
  const right = width - 40 - (read.hidden || !read.classList.contains("gpnb-corner") ? 0 : READOUT);
  if (side === "left" && sy > 44 && sy < height - 34) text(g, words, Math.max(sx, 0) + 6, sy - 4);
  if (side === "within") text(g, words, sx + 4, sy - 4);
  if (side === "bottom" && sx > 90 && sx < right) text(g, words, sx + 4, Math.min(sy, height) - 8);
}
