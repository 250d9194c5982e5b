// @ts-check
// One frame: the image, what lies over it, and the crosshair.

import { drawGrid } from "./grid.js";
import { strokeLines, strokeRimmed, text } from "./pen.js";
import { drawShapes } from "./regions.js";
import { REACH } from "./state.js";

/** @import { Context } from "./pen.js" */
/** @import { Point } from "./shapes.js" */
/** @import { Place, Sky } from "./state.js" */

/** @param {Sky} sky */
export function draw(sky) {
  const { model, view, canvas, root } = sky;
  view.lay(root.clientWidth);
  if (!view.now.width) return;
  const g = ready(canvas, view.now.width, view.now.height);
  drawImage(g, sky);
  strokeLines(g, view, model.get("contours"), "#ffffff", 0.9, 1);
  drawGrid(g, sky);
  const { paths, colour, alpha } = model.get("lines");
  if (paths) strokeLines(g, view, paths, colour, alpha, 1);
  drawShapes(g, sky);
  if (sky.corners) strokeLines(g, view, [[...sky.corners, sky.cursor ?? sky.corners[sky.corners.length - 1]]], "#ffffff", 1, 1.5);
  for (const place of model.get("points")) drawPlace(g, sky, place);
  if (sky.cursor && document.activeElement === canvas) drawCrosshair(g, view.toScreen(...sky.cursor));
  root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
}

/**
 * An empty canvas of this size.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function ready(canvas, width, height) {
  const dots = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * dots) || canvas.height !== Math.round(height * dots)) {
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    canvas.style.height = `${height}px`;
  }
  const g = /** @type {Context} */ (canvas.getContext("2d"));
  g.setTransform(dots, 0, 0, dots, 0, 0);
  g.clearRect(0, 0, width, height);
  return g;
}

/**
 * @param {Context} g
 * @param {Sky} sky
 */
function drawImage(g, { model, view, painted }) {
  const { nx, ny, now } = view, [left, top] = view.toScreen(-0.5, ny - 0.5);
  g.imageSmoothingEnabled = false;
  g.globalAlpha = model.get("image").opacity ?? 1;
  if (nx) g.drawImage(painted, left, top, nx * now.scale, ny * now.scale);
  g.globalAlpha = 1;
}

/**
 * A place with its mark; its label where the mark is a circle or the crosshair is near.
 * @param {Context} g
 * @param {Sky} sky
 * @param {Place} place
 */
function drawPlace(g, sky, { x, y, label, colour, marker }) {
  const [sx, sy] = sky.view.toScreen(x, y);
  g.beginPath();
  if (marker === "dot") {
    g.arc(sx, sy, 2.5, 0, 7);
    g.fillStyle = colour;
    g.fill();
  } else {
    if (marker === "circle") g.arc(sx, sy, 6, 0, 7);
    else cross(g, sx, sy);
    strokeRimmed(g, colour, 1.4, 3);
  }
  if (label && (marker === "circle" || (sky.cursor && sky.near(sky.cursor, [x, y], REACH)))) text(g, label, sx + 8, sy - 6, colour);
}

/**
 * @param {Context} g
 * @param {number} sx
 * @param {number} sy
 */
function cross(g, sx, sy) {
  g.moveTo(sx - 5, sy);
  g.lineTo(sx + 5, sy);
  g.moveTo(sx, sy - 5);
  g.lineTo(sx, sy + 5);
}

/**
 * @param {Context} g
 * @param {Point} place On the screen
 */
function drawCrosshair(g, [sx, sy]) {
  g.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    g.moveTo(sx + 4 * dx, sy + 4 * dy);
    g.lineTo(sx + 12 * dx, sy + 12 * dy);
  }
  strokeRimmed(g, "#ffffff", 1.2, 3);
}
