// @ts-check
// Marks of places on a sky, a shape each: stroked with a dark rim, so that they are seen on any colour.

export const MARKERS = /** @type {const} */ (["x", "diamond", "square", "triangle", "plus", "star", "circle", "dot"]);
/** @typedef {typeof MARKERS[number]} Marker */

const RADIUS = 6; // px

/** @type {Record<Marker, [number, number][][]>} Lines from place to place, of a mark of radius 1 */
const LINES = {
  x: [[[-0.8, -0.8], [0.8, 0.8]], [[-0.8, 0.8], [0.8, -0.8]]],
  plus: [[[-1, 0], [1, 0]], [[0, -1], [0, 1]]],
  star: [[[0, -1], [0, 1]], [[-0.87, -0.5], [0.87, 0.5]], [[-0.87, 0.5], [0.87, -0.5]]],
  diamond: [[[0, -1.05], [1.05, 0], [0, 1.05], [-1.05, 0], [0, -1.05]]],
  square: [[[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85], [-0.85, -0.85]]],
  triangle: [[[0, -1], [1, 0.75], [-1, 0.75], [0, -1]]],
  circle: [],
  dot: [],
};

/**
 * Add a mark to a path.
 * @param {CanvasRenderingContext2D | Path2D} path
 * @param {Marker} marker
 * @param {number} x
 * @param {number} y
 * @param {number} [radius] px
 */
export function addMark(path, marker, x, y, radius = RADIUS) {
  if (marker === "circle") {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  for (const line of LINES[marker] ?? LINES.plus) {
    line.forEach(([right, down], place) => {
      const at = /** @type {const} */ ([x + right * radius, y + down * radius]);
      if (place) path.lineTo(...at);
      else path.moveTo(...at);
    });
  }
}
