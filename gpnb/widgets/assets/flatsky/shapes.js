// Shapes in pixels of the image (x to the right, y up): their outlines, handles, and what dragging does.

function turn(dx, dy, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [dx * Math.cos(angle) - dy * Math.sin(angle), dx * Math.sin(angle) + dy * Math.cos(angle)];
}

function outline(shape) {
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

// Points to take hold of, each with what moving it to (px, py) makes of the shape.
function handles(shape) {
  if (shape.type === "polygon") {
    return shape.points.map(([x, y], place) => ({ x, y, drag: (px, py) => ({
      ...shape, points: shape.points.map((point, other) => (other === place ? [px, py] : point)) }) }));
  }
  const { x, y } = shape;
  if (shape.type === "circle") {
    return [{ x: x + shape.r, y, drag: (px, py) => ({ ...shape, r: Math.max(Math.hypot(px - x, py - y), 0.05) }) }];
  }
  const size = (name, across) => {
    const [dx, dy] = turn(across ? 0 : shape.w / 2, across ? shape.h / 2 : 0, shape.angle);
    return { x: x + dx, y: y + dy, drag: (px, py) => {
      const [u, v] = turn(px - x, py - y, -shape.angle);
      return { ...shape, [name]: Math.max(2 * Math.abs(across ? v : u), 0.1) };
    } };
  };
  const [rx, ry] = turn(-shape.w / 2, 0, shape.angle);
  return [size("w", false), size("h", true), { x: x + rx, y: y + ry, round: true,
    drag: (px, py) => ({ ...shape, angle: (Math.atan2(y - py, x - px) * 180) / Math.PI }) }];
}

function moved(shape, dx, dy) {
  if (shape.type === "polygon") return { ...shape, points: shape.points.map(([x, y]) => [x + dx, y + dy]) };
  return { ...shape, x: shape.x + dx, y: shape.y + dy };
}

function grown(shape, factor) {
  if (shape.type === "circle") return { ...shape, r: shape.r * factor };
  if (shape.type !== "polygon") return { ...shape, w: shape.w * factor, h: shape.h * factor };
  const [cx, cy] = middle(shape);
  return { ...shape, points: shape.points.map(([x, y]) => [cx + (x - cx) * factor, cy + (y - cy) * factor]) };
}

function middle(shape) {
  if (shape.type !== "polygon") return [shape.x, shape.y];
  const sum = shape.points.reduce(([a, b], [x, y]) => [a + x, b + y], [0, 0]);
  return sum.map((value) => value / shape.points.length);
}

function inside(path, x, y) {
  let odd = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i, i += 1) {
    const [xi, yi] = path[i], [xj, yj] = path[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

// The shape that a drag from (x0, y0) to (x1, y1) draws.
function drawn(type, x0, y0, x1, y1) {
  if (type === "circle") return { type, x: x0, y: y0, r: Math.hypot(x1 - x0, y1 - y0) };
  if (type === "ellipse") return { type, x: x0, y: y0, w: 2 * Math.abs(x1 - x0), h: 2 * Math.abs(y1 - y0), angle: 0 };
  return { type, x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: Math.abs(x1 - x0), h: Math.abs(y1 - y0), angle: 0 };
}
