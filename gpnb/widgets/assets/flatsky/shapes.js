// @ts-check
// Shapes in pixels of the image (x to the right, y up): their outlines, handles, and what dragging does.

/** @typedef {[number, number]} Point */
/** @typedef {{ type: "circle", x: number, y: number, r: number }} Circle */
/** @typedef {{ type: "ellipse" | "rectangle", x: number, y: number, w: number, h: number, angle: number }} Box */
/** @typedef {{ type: "polygon", points: Point[] }} Polygon */
/** @typedef {Circle | Box | Polygon} Shape Angles in degrees */

/**
 * A point to take hold of, with what moving it makes of the shape.
 * @typedef {{ x: number, y: number, round?: boolean, drag: (x: number, y: number) => Shape }} Handle
 */

/**
 * @param {number} dx
 * @param {number} dy
 * @param {number} degrees
 * @returns {Point}
 */
export function turn(dx, dy, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [dx * Math.cos(angle) - dy * Math.sin(angle), dx * Math.sin(angle) + dy * Math.cos(angle)];
}

/**
 * @param {Shape} shape
 * @returns {Point[]}
 */
export function outline(shape) {
  if (shape.type === "polygon") return shape.points;
  const { x, y } = shape;
  if (shape.type === "rectangle") {
    return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([i, j]) => {
      const [dx, dy] = turn((i * shape.w) / 2, (j * shape.h) / 2, shape.angle);
      return [x + dx, y + dy];
    });
  }
  const [a, b, angle] = shape.type === "circle" ? [shape.r, shape.r, 0] : [shape.w / 2, shape.h / 2, shape.angle];
  return Array.from({ length: 72 }, (_, place) => {
    const phi = (place * Math.PI) / 36;
    const [dx, dy] = turn(a * Math.cos(phi), b * Math.sin(phi), angle);
    return [x + dx, y + dy];
  });
}

/**
 * @param {Shape} shape
 * @returns {Handle[]}
 */
export function handles(shape) {
  if (shape.type === "polygon") return shape.points.map((_, place) => cornerHandle(shape, place));
  if (shape.type === "circle") {
    const { x, y, r } = shape;
    return [{ x: x + r, y, drag: (px, py) => ({ ...shape, r: Math.max(Math.hypot(px - x, py - y), 0.05) }) }];
  }
  const { x, y } = shape, [rx, ry] = turn(-shape.w / 2, 0, shape.angle);
  return [sizeHandle(shape, "w"), sizeHandle(shape, "h"), { x: x + rx, y: y + ry, round: true,
    drag: (px, py) => ({ ...shape, angle: (Math.atan2(y - py, x - px) * 180) / Math.PI }) }];
}

/**
 * @param {Polygon} shape
 * @param {number} place
 * @returns {Handle}
 */
function cornerHandle(shape, place) {
  const [x, y] = shape.points[place];
  return { x, y, drag: (px, py) => ({ ...shape, points: shape.points.map((point, other) => (other === place ? [px, py] : point)) }) };
}

/**
 * @param {Box} shape
 * @param {"w" | "h"} side
 * @returns {Handle}
 */
function sizeHandle(shape, side) {
  const { x, y } = shape;
  const [dx, dy] = side === "w" ? turn(shape.w / 2, 0, shape.angle) : turn(0, shape.h / 2, shape.angle);
  return { x: x + dx, y: y + dy, drag: (px, py) => {
    const [u, v] = turn(px - x, py - y, -shape.angle);
    return { ...shape, [side]: Math.max(2 * Math.abs(side === "w" ? u : v), 0.1) };
  } };
}

/**
 * @param {Shape} shape
 * @param {number} dx
 * @param {number} dy
 * @returns {Shape}
 */
export function moved(shape, dx, dy) {
  if (shape.type === "polygon") return { ...shape, points: shape.points.map(([x, y]) => [x + dx, y + dy]) };
  return { ...shape, x: shape.x + dx, y: shape.y + dy };
}

/**
 * @param {Shape} shape
 * @param {number} factor
 * @returns {Shape}
 */
export function grown(shape, factor) {
  if (shape.type === "circle") return { ...shape, r: shape.r * factor };
  if (shape.type !== "polygon") return { ...shape, w: shape.w * factor, h: shape.h * factor };
  const [cx, cy] = middle(shape.points);
  return { ...shape, points: shape.points.map(([x, y]) => [cx + (x - cx) * factor, cy + (y - cy) * factor]) };
}

/**
 * @param {Point[]} points
 * @returns {Point}
 */
function middle(points) {
  const [a, b] = points.reduce(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0]);
  return [a / points.length, b / points.length];
}

/**
 * Whether a place lies within an outline.
 * @param {Point[]} path
 * @param {number} x
 * @param {number} y
 */
export function inside(path, x, y) {
  let odd = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i, i += 1) {
    const [xi, yi] = path[i], [xj, yj] = path[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/**
 * The shape that a drag from (x0, y0) to (x1, y1) draws.
 * @param {string} type
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @returns {Circle | Box}
 */
export function drawn(type, x0, y0, x1, y1) {
  if (type === "circle") return { type, x: x0, y: y0, r: Math.hypot(x1 - x0, y1 - y0) };
  if (type === "ellipse") return { type, x: x0, y: y0, w: 2 * Math.abs(x1 - x0), h: 2 * Math.abs(y1 - y0), angle: 0 };
  const [w, h] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
  return { type: "rectangle", x: (x0 + x1) / 2, y: (y0 + y1) / 2, w, h, angle: 0 };
}
