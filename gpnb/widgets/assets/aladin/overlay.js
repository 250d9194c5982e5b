// @ts-check
// Regions and points, drawn by ourselves on Aladin's canvas: names are canvas text, never HTML.

const DASHES = { solid: [], dashed: [7, 4], dotted: [2.5, 3.5] };
export const RIM = "rgba(0, 0, 0, 0.65)";
const TINY = 6; // px across of a field of view that needs a dot
const APART = 90, LINE = 13; // px between names, about
const FEW = 20; // marks whose names are written
const NEAR = 9; // px between the mouse and a point whose name is shown

import { drawGrid } from "./gridlines.js";
import { addMark } from "../flatsky/markers.js";
import { fontOf } from "../font.js";

/** @import { Aladin, Library, Pair, PointLayer, PointStyle, RegionLayer, RegionStyle } from "./types.d.ts" */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {RegionLayer | PointLayer} Layer */

/**
 * Layers by name in one overlay of Aladin; giving a name again replaces what it had.
 * @param {Library} A
 * @param {Aladin} aladin
 */
export function makeOverlay(A, aladin) {
  /** @type {Map<string, Layer>} */
  const layers = new Map();
  const overlay = A.graphicOverlay({ name: "gpnb", color: "#ffffff" });
  /** @type {Pair | null} */
  let mouse = null;
  let grid = false;
  overlay.draw = (context) => {
    if (grid) drawGrid(context, aladin);
    for (const layer of layers.values()) drawLayer(context, aladin, layer, mouse);
  };
  aladin.addOverlay(overlay);
  const redraw = () => overlay.reportChange();
  return {
    /**
     * @param {string} name
     * @param {Layer} layer
     */
    show(name, layer) {
      layers.set(name, layer);
      redraw();
    },
    /**
     * @param {string} name
     * @param {RegionStyle | PointStyle} style Of a layer's own kind
     */
    restyle(name, style) {
      const layer = layers.get(name);
      if (layer) Object.assign(layer, { style });
      redraw();
    },
    /** @param {boolean} there Whether coordinate lines are drawn */
    grid(there) {
      grid = there;
      redraw();
    },
    /** @param {string} name */
    remove(name) {
      layers.delete(name);
      redraw();
    },
    /** @param {Pair | null} place Where the mouse is */
    hover(place) {
      mouse = place;
      if ([...layers.values()].some((layer) => "points" in layer && ["hover", "few"].includes(layer.style.names))) redraw();
    },
  };
}

/**
 * @param {Context} context
 * @param {Aladin} aladin
 * @param {Layer} layer
 * @param {Pair | null} mouse
 */
function drawLayer(context, aladin, layer, mouse) {
  context.save();
  context.globalAlpha = layer.style.opacity;
  context.lineJoin = "round";
  if ("points" in layer) drawPoints(context, aladin, layer, mouse);
  else for (const outlines of layer.regions) drawRegion(context, aladin, outlines, layer.style);
  context.restore();
}

/**
 * @param {Context} context
 * @param {Aladin} aladin
 * @param {Pair[][]} outlines
 * @param {RegionStyle} style
 */
function drawRegion(context, aladin, outlines, style) {
  const path = new Path2D();
  const pixels = outlines.flatMap((outline) => trace(path, aladin, outline, style.closed));
  if (!pixels.length) return;
  if (style.fill > 0) {
    context.save();
    context.globalAlpha *= style.fill;
    context.fillStyle = style.colour;
    context.fill(path, "evenodd");
    context.restore();
  }
  if (style.hatch) hatch(context, aladin, path, pixels, style.colour);
  context.setLineDash(DASHES[style.line]);
  stroke(context, path, RIM, style.width + 1.5);
  stroke(context, path, style.colour, style.width);
  if (!style.label) return;
  const corner = pixels.reduce((best, pixel) => (pixel[0] - pixel[1] > best[0] - best[1] ? pixel : best)); // upper right
  write(context, style.label, corner, 0, style.colour);
}

/**
 * Add an outline to a path; what lies behind the sphere is left out.
 * @param {Path2D} path
 * @param {Aladin} aladin
 * @param {Pair[]} outline
 * @param {boolean} closed
 */
function trace(path, aladin, outline, closed) {
  const pixels = outline.map((place) => toPixel(aladin, place));
  let down = false;
  for (const pixel of pixels) {
    if (pixel && down) path.lineTo(...pixel);
    else if (pixel) path.moveTo(...pixel);
    down = Boolean(pixel);
  }
  if (closed && pixels.every(Boolean)) path.closePath();
  return pixels.filter((pixel) => pixel !== null);
}

/**
 * @param {Context} context
 * @param {Aladin} aladin
 * @param {Path2D} path
 * @param {Pair[]} pixels
 * @param {string} colour
 */
function hatch(context, aladin, path, pixels, colour) {
  const [width, height] = aladin.getSize();
  const left = Math.max(0, Math.min(...pixels.map((pixel) => pixel[0])));
  const right = Math.min(width, Math.max(...pixels.map((pixel) => pixel[0])));
  const top = Math.max(0, Math.min(...pixels.map((pixel) => pixel[1])));
  const bottom = Math.min(height, Math.max(...pixels.map((pixel) => pixel[1])));
  const lines = new Path2D();
  for (let sum = Math.ceil((left + top) / 8) * 8; sum < right + bottom; sum += 8) {
    lines.moveTo(sum - top, top);
    lines.lineTo(sum - bottom, bottom);
  }
  context.save();
  context.clip(path, "evenodd");
  context.setLineDash([]);
  context.strokeStyle = colour;
  context.lineWidth = 0.8;
  context.stroke(lines);
  context.restore();
}

/**
 * @param {Context} context
 * @param {Aladin} aladin
 * @param {PointLayer} layer
 * @param {Pair | null} mouse
 */
function drawPoints(context, aladin, layer, mouse) {
  const pixels = layer.points.map((place) => toPixel(aladin, place));
  const marks = new Path2D();
  const arm = layer.style.size / 2, [width, height] = aladin.getSize();
  const seen = pixels.filter((pixel) => pixel !== null && pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] <= width && pixel[1] <= height);
  const large = (layer.style.within * width) / aladin.getFov()[0] > TINY / 2;
  for (const pixel of large ? [] : seen) if (pixel) addMark(marks, layer.style.marker, ...pixel, arm);
  context.setLineDash([]);
  stroke(context, marks, RIM, 4.5);
  stroke(context, marks, layer.style.colour, 2);
  if (!layer.labels) return;
  const all = layer.style.names === "always" || (layer.style.names === "few" && seen.length < FEW);
  const named = all ? pixels.map((_, index) => index) : nearest(pixels, mouse);
  /** @type {Pair[]} */
  const written = [];
  for (const index of named) {
    const pixel = pixels[index];
    if (!pixel || written.some(([x, y]) => Math.abs(x - pixel[0]) < APART && Math.abs(y - pixel[1]) < LINE)) continue;
    written.push(pixel);
    write(context, layer.labels[index], pixel, arm, "#ffffff");
  }
}

/**
 * @param {Context} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 */
export function stroke(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * The places of those, one at most, that are near the mouse.
 * @param {(Pair | null)[]} pixels
 * @param {Pair | null} mouse
 */
export function nearest(pixels, mouse) {
  if (!mouse) return [];
  const distances = pixels.map((pixel) => (pixel ? Math.hypot(pixel[0] - mouse[0], pixel[1] - mouse[1]) : Infinity));
  const closest = Math.min(...distances);
  return closest <= NEAR ? [distances.indexOf(closest)] : [];
}

/**
 * A word with a dark rim, legible on any sky.
 * @param {Context} context
 * @param {string} text
 * @param {Pair} place
 * @param {number} gap Between the place and the word
 * @param {string} colour
 */
export function write(context, text, [x, y], gap, colour) {
  context.font = fontOf(context);
  context.textBaseline = "alphabetic";
  context.strokeStyle = RIM;
  context.lineWidth = 3;
  context.strokeText(text, x + gap + 3, y - 4);
  context.fillStyle = colour;
  context.fillText(text, x + gap + 3, y - 4);
}

/**
 * @param {Aladin} aladin
 * @param {Pair} place
 */
function toPixel(aladin, [ra, dec]) {
  const pixel = aladin.world2pix(ra, dec, "ICRS");
  return pixel && Number.isFinite(pixel[0]) && Number.isFinite(pixel[1]) ? pixel : null;
}
