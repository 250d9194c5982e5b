// @ts-check
// Shapes over the image; the chosen one with its handles.

import { strokeRimmed, text, trace } from "./pen.js";
import { handles, inside, outline } from "./shapes.js";

/** @import { Context } from "./pen.js" */
/** @import { Point, Shape } from "./shapes.js" */
/** @import { Item, Sky } from "./state.js" */
/** @import { View } from "./view.js" */

const STEP = 7; // px between the lines of a hatch

/**
 * All shapes, and the one that is being drawn.
 * @param {Context} g
 * @param {Sky} sky
 */
export function drawShapes(g, { view, shapes, local, chosen, draft, cursor, read }) {
  const pointed = cursor && !read.hidden ? [...shapes].reverse().find((item) => item.card && inside(outline(item.edit), ...cursor)) : null;
  for (const item of shapes) {
    const edit = local && item.key === local.key ? local.edit : item.edit;
    if (item === pointed) fill(g, view, item);
    drawShape(g, view, item === pointed ? { ...item, style: "solid", alpha: 1 } : { ...item, edit });
    if (item.key !== null && item.key === chosen) drawHandles(g, view, edit);
  }
  if (draft) drawShape(g, view, { edit: draft, colour: "#ffffff", style: "solid" });
}

/**
 * @param {Context} g
 * @param {View} view
 * @param {Item} item What is pointed at
 */
function fill(g, view, { edit, colour }) {
  trace(g, view, outline(edit), true);
  g.globalAlpha = 0.35;
  g.fillStyle = colour;
  g.fill();
  g.globalAlpha = 1;
}

/**
 * @param {Context} g
 * @param {View} view
 * @param {Pick<Item, "edit" | "colour" | "style" | "label" | "alpha" | "thin">} shape
 */
function drawShape(g, view, { edit, colour, style, label, alpha, thin }) {
  const path = outline(edit);
  g.globalAlpha = alpha ?? 1;
  trace(g, view, path, true);
  if (style === "hatched") hatch(g, view, path);
  g.setLineDash(style === "dashed" ? [5, 4] : []);
  strokeRimmed(g, colour, thin ? 1 : 1.7, thin ? 0 : 3.4);
  g.setLineDash([]);
  g.globalAlpha = 1;
  if (!label) return;
  const corners = path.map(([x, y]) => view.toScreen(x, y));
  const [sx, sy] = corners.reduce((best, point) => (point[0] - point[1] > best[0] - best[1] ? point : best)); // upper right
  text(g, label, sx + 4, sy - 2, colour);
}

/**
 * @param {Context} g
 * @param {View} view
 * @param {Shape} edit
 */
function drawHandles(g, view, edit) {
  for (const handle of handles(edit)) {
    const [sx, sy] = view.toScreen(handle.x, handle.y);
    g.beginPath();
    if (handle.round) g.arc(sx, sy, 5, 0, 7);
    else g.rect(sx - 4.5, sy - 4.5, 9, 9);
    g.fillStyle = "#ffffff";
    g.fill();
    g.strokeStyle = "#0072b2";
    g.lineWidth = 1.5;
    g.stroke();
  }
}

/**
 * Lines across the path that there is, which is there again afterwards.
 * @param {Context} g
 * @param {View} view
 * @param {Point[]} path
 */
function hatch(g, view, path) {
  const points = path.map(([x, y]) => view.toScreen(x, y));
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  g.save();
  g.clip();
  g.beginPath();
  for (let x = left - (bottom - top); x < right; x += STEP) {
    g.moveTo(x, bottom);
    g.lineTo(x + bottom - top, top);
  }
  g.strokeStyle = "#ffffff";
  g.globalAlpha = 0.55;
  g.lineWidth = 1;
  g.stroke();
  g.restore();
  trace(g, view, path, true);
}
