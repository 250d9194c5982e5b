// @ts-check
// Coordinate lines over Aladin, as on the flat sky: its own are thick, and their labels grey, with a hyphen for a minus.

import { fontOf } from "../font.js";

/** @import { Aladin, Pair } from "./types.d.ts" */

const GRID_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45]; // deg between lines
const GRID_LINES = 7;
const GRID_TAKEN = 140; // px at the left and right of the lower edge, and at the top: other words stand there
const GRID_TOP = 48;
const GRID_POINTS = 60;
const GRID_SAMPLES = 12;
const GRID_ROUND = 300; // deg: a wider range of longitudes is all of them
const GRID_COLOUR = "rgba(255, 255, 255, 0.28)";
const GRID_RIM = "rgba(0, 0, 0, 0.65)";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Aladin} aladin
 */
export function drawGrid(context, aladin) {
  const frame = aladin.getFrame().toLowerCase().startsWith("gal") ? "galactic" : "ICRS";
  const [width, height] = aladin.getSize();
  const spans = gridSpans(aladin, frame, width, height);
  if (!spans) return;
  context.save();
  context.strokeStyle = GRID_COLOUR;
  context.lineWidth = 1;
  spans.forEach(([low, high], axis) => {
    const step = GRID_STEPS.find((size) => (high - low) / size <= GRID_LINES) ?? GRID_STEPS[GRID_STEPS.length - 1];
    const [start, end] = spans[1 - axis], more = 0.05 * (end - start);
    for (let number = Math.ceil(low / step); number <= Math.floor(high / step); number += 1) {
      const value = number * step;
      /** @type {(Pair | null)[]} */
      const line = [];
      for (let i = 0; i <= GRID_POINTS; i += 1) {
        const along = start - more + (i / GRID_POINTS) * (end - start + 2 * more);
        line.push(gridAt(aladin, frame, axis === 0 ? value : along, axis === 0 ? along : value));
      }
      gridTrace(context, line, Math.max(width, height));
      gridLabel(context, gridWords(axis === 0 ? ((value % 360) + 360) % 360 : value, step), axis, line, height);
    }
  });
  context.restore();
}

/**
 * Ranges of longitude, without a jump, and of latitude; null off the sky.
 * @param {Aladin} aladin
 * @param {string} frame
 * @param {number} width
 * @param {number} height
 * @returns {[Pair, Pair] | null}
 */
function gridSpans(aladin, frame, width, height) {
  const middle = aladin.pix2world(width / 2, height / 2, frame);
  if (!middle.every(Number.isFinite)) return null;
  const aways = [0], lats = [middle[1]];
  for (let i = 0; i <= GRID_SAMPLES; i += 1) {
    for (let j = 0; j <= GRID_SAMPLES; j += 1) {
      const [lon, lat] = aladin.pix2world((i / GRID_SAMPLES) * width, (j / GRID_SAMPLES) * height, frame);
      if (!Number.isFinite(lon) || !Number.isFinite(lat)) continue;
      aways.push(((((lon - middle[0] + 180) % 360) + 360) % 360) - 180);
      lats.push(lat);
    }
  }
  const [low, high] = [Math.min(...aways), Math.max(...aways)];
  const half = high - low > GRID_ROUND ? [-180, 180] : [low, high];
  return [[middle[0] + half[0], middle[0] + half[1]], [Math.min(...lats), Math.max(...lats)]];
}

/**
 * @param {Aladin} aladin
 * @param {string} frame
 * @param {number} lon
 * @param {number} lat
 * @returns {Pair | null}
 */
function gridAt(aladin, frame, lon, lat) {
  if (Math.abs(lat) > 90) return null;
  const pixel = aladin.world2pix(lon, lat, frame);
  return pixel && Number.isFinite(pixel[0]) && Number.isFinite(pixel[1]) ? pixel : null;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {(Pair | null)[]} line
 * @param {number} size Of the picture: where a line jumps as far it is cut
 */
function gridTrace(context, line, size) {
  context.beginPath();
  line.forEach((place, i) => {
    const before = line[i - 1];
    if (!place) return;
    if (before && Math.hypot(place[0] - before[0], place[1] - before[1]) < size) context.lineTo(...place);
    else context.moveTo(...place);
  });
  context.stroke();
}

/**
 * Where a line leaves the picture: longitudes at its lower edge, latitudes at its left one.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} axis
 * @param {(Pair | null)[]} line
 * @param {number} height
 */
function gridLabel(context, text, axis, line, height) {
  const across = 1 - axis, edge = axis === 0 ? height : 0;
  for (let i = 1; i < line.length; i += 1) {
    const from = line[i - 1], to = line[i];
    if (!from || !to || (from[across] - edge) * (to[across] - edge) > 0 || from[across] === to[across]) continue;
    const part = (edge - from[across]) / (to[across] - from[across]);
    const other = from[axis] + part * (to[axis] - from[axis]);
    const [x, y] = axis === 0 ? [other + 4, height - 8] : [6, other - 4];
    if (axis === 0 ? x < GRID_TAKEN || x > context.canvas.clientWidth - GRID_TAKEN : y < GRID_TOP || y > height - GRID_TOP) return;
    context.font = fontOf(context);
    context.textBaseline = "alphabetic";
    context.strokeStyle = GRID_RIM;
    context.lineWidth = 3;
    context.strokeText(text, x, y);
    context.fillStyle = "#ffffff";
    context.fillText(text, x, y);
    context.strokeStyle = GRID_COLOUR;
    context.lineWidth = 1;
    return;
  }
}

/**
 * @param {number} value
 * @param {number} step
 */
function gridWords(value, step) {
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
  return `${value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "\u2212")}°`;
}
