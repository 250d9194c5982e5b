// @ts-check
// Strokes and words on the canvas, at places of the image.

import { fontOf } from "../font.js";

/** @import { Point } from "./shapes.js" */
/** @import { View } from "./view.js" */

export const RIM = "#000000a6"; // around what must be seen on any colour

/** @typedef {CanvasRenderingContext2D} Context */

/**
 * Make a path of places.
 * @param {Context} g
 * @param {View} view
 * @param {Point[]} path
 * @param {boolean} closed
 */
export function trace(g, view, path, closed) {
  g.beginPath();
  path.forEach(([x, y], place) => {
    const [sx, sy] = view.toScreen(x, y);
    if (place) g.lineTo(sx, sy);
    else g.moveTo(sx, sy);
  });
  if (closed) g.closePath();
}

/**
 * @param {Context} g
 * @param {View} view
 * @param {Point[][]} lines
 * @param {string} colour
 * @param {number} alpha
 * @param {number} width
 */
export function strokeLines(g, view, lines, colour, alpha, width) {
  g.strokeStyle = colour;
  g.globalAlpha = alpha;
  g.lineWidth = width;
  for (const line of lines) {
    trace(g, view, line, false);
    g.stroke();
  }
  g.globalAlpha = 1;
}

/**
 * Stroke the path that there is, with a rim of this width below it.
 * @param {Context} g
 * @param {string} colour
 * @param {number} width
 * @param {number} rim
 */
export function strokeRimmed(g, colour, width, rim) {
  if (rim) {
    g.strokeStyle = RIM;
    g.lineWidth = rim;
    g.stroke();
  }
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.stroke();
}

/**
 * Words at a place of the screen.
 * @param {Context} g
 * @param {string} words
 * @param {number} sx
 * @param {number} sy
 */
export function text(g, words, sx, sy, colour = "#ffffff") {
  g.font = fontOf(g);
  g.textAlign = "left";
  g.lineJoin = "round";
  g.strokeStyle = "#000000b0";
  g.lineWidth = 3;
  g.strokeText(words, sx, sy);
  g.fillStyle = colour;
  g.fillText(words, sx, sy);
}
