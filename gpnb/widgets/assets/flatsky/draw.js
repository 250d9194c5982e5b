// @ts-check
// One frame: the image, what lies over it, and the crosshair.

import { drawGridLabels, drawGridLines } from "./grid.js";
import { fontOf } from "../font.js";
import { addMark } from "./markers.js";
import { strokeLines, strokeRimmed, text } from "./pen.js";
import { drawShapes } from "./regions.js";
import { REACH } from "./state.js";

/** @import { Context } from "./pen.js" */
/** @import { Point } from "./shapes.js" */
/** @import { Place, Sky } from "./state.js" */

const FEW = 20; // places whose names are written
const SMALL = 6; // px across of a field of view that needs a dot

/** @param {Sky} sky */
export function draw(sky) {
  const { model, view, canvas, root } = sky;
  view.lay(root.clientWidth);
  if (!view.now.width) return;
  const g = ready(canvas, view.now.width, view.now.height);
  drawImage(g, sky);
  strokeLines(g, view, model.get("contours"), "#ffffff", 0.9, 1);
  drawGridLines(g, sky);
  const { paths, colour, alpha } = model.get("lines");
  if (paths) strokeLines(g, view, paths, colour, alpha, 1);
  drawShapes(g, sky);
  if (sky.corners) strokeLines(g, view, [[...sky.corners, sky.cursor ?? sky.corners[sky.corners.length - 1]]], "#ffffff", 1, 1.5);
  drawPlaces(g, sky);
  drawGridLabels(g, sky);
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
 * All places with their marks; names of numbered ones, of few, and of what the crosshair is near.
 * @param {Context} g
 * @param {Sky} sky
 */
function drawPlaces(g, sky) {
  const places = sky.model.get("points"), { width, height } = sky.view.now;
  const inView = places.filter(({ marker }) => marker !== "circle").map(({ x, y }) => sky.view.toScreen(x, y)).filter(([sx, sy]) => sx >= 0 && sy >= 0 && sx <= width && sy <= height);
  const few = inView.length < FEW;
  /** @type {Box[]} */
  const taken = [];
  for (const place of places) drawPlace(g, sky, place, few, taken);
}

/** @typedef {[number, number, number, number]} Box Left, top, right, bottom of a name, px */

/**
 * Write a name beside a place, at the left where the sky ends at the right, unless it would lie on another one.
 * @param {Context} g
 * @param {string} name
 * @param {Point} place On the screen
 * @param {number} right Where the sky ends
 * @param {Box[]} taken
 */
export function writeName(g, name, [sx, sy], right, taken) {
  g.font = fontOf(g);
  const { width } = g.measureText(name), left = sx + 9 + width > right ? sx - 9 - width : sx + 9, low = sy - 6;
  const box = /** @type {Box} */ ([left, low - 9, left + width, low + 3]);
  if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return;
  taken.push(box);
  text(g, name, left, low);
}

/**
 * @param {Context} g
 * @param {Sky} sky
 * @param {Place} place
 * @param {boolean} named Whether its name is written, if it is no dot
 * @param {Box[]} taken Where names stand
 */
function drawPlace(g, sky, { x, y, label, colour, marker, alpha, within, row }, named, taken) {
  const [sx, sy] = sky.view.toScreen(x, y);
  g.globalAlpha = alpha ?? 1;
  g.beginPath();
  if (marker === "dot" && 2 * (within ?? 0) * sky.view.now.scale >= SMALL) g.closePath();
  else if (marker === "dot") {
    g.arc(sx, sy, 2.5, 0, 7);
    g.fillStyle = colour;
    g.fill();
  } else {
    addMark(g, marker, sx, sy);
    strokeRimmed(g, colour, 2, 4.5);
  }
  const pointed = row !== undefined && row === sky.model.get("pointed"), near = pointed || (sky.cursor && sky.near(sky.cursor, [x, y], REACH));
  if (pointed) {
    g.beginPath();
    g.arc(sx, sy, 9, 0, 7);
    strokeRimmed(g, "#56b4e9", 2.5, 4.5);
  }
  if (label && (marker === "circle" || near || (named && marker !== "dot"))) writeName(g, label, [sx, sy], sky.view.now.width, near ? [] : taken);
  g.globalAlpha = 1;
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
