// The flat sky: exact pixels under a colour table, with grid, contours, shapes, points and a read-out.
// Geometry comes from Python in pixels of the image; only the read-out interpolates positions, on a lattice.

const STRETCHES = {
  linear: (t) => t,
  sqrt: (t) => Math.sqrt(t),
  log: (t) => t, // the logarithm is taken before the cuts are
  asinh: (t) => Math.asinh(10 * t) / Math.asinh(10),
};
const HEIGHT = 0.46; // of the width, but 560 at least: no map fills more than a screen
const ZOOMS = { "+": 1.5, "−": 1 / 1.5 };
const REACH = 9; // screen pixels around a handle or a point

function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function octets(view) {
  return view && view.byteLength ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(0);
}

function paint(values, image, lut) {
  const { nx, ny, low, high, stretch } = image;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(nx, 1); canvas.height = Math.max(ny, 1);
  if (values.length !== nx * ny || !values.length) return canvas;
  const context = canvas.getContext("2d"), data = context.createImageData(nx, ny), out = new Uint32Array(data.data.buffer);
  const colours = new Uint32Array(256);
  for (let k = 0; k < 256; k += 1) colours[k] = (255 << 24) | (lut[3 * k + 2] << 16) | (lut[3 * k + 1] << 8) | lut[3 * k];
  const log = stretch === "log", bend = STRETCHES[stretch];
  const floor = log ? Math.max(low, high * 1e-6) : low;
  const first = log ? Math.log(floor) : floor, scale = 1 / ((log ? Math.log(high) : high) - first);
  for (let row = 0; row < ny; row += 1) {
    let to = (ny - 1 - row) * nx, from = row * nx; // the first row of the image is the lowest
    for (let column = 0; column < nx; column += 1, to += 1, from += 1) {
      const value = values[from];
      if (Number.isNaN(value)) continue;
      const t = ((log ? Math.log(Math.max(value, floor)) : value) - first) * scale;
      out[to] = colours[Math.min(255, Math.max(0, Math.round(255 * bend(Math.min(1, Math.max(0, t))))))];
    }
  }
  context.putImageData(data, 0, 0);
  return canvas;
}

function sexagesimal(degrees, hours) {
  const total = Math.round((Math.abs(degrees) / (hours ? 15 : 1)) * 3600 * (hours ? 10 : 1)) / (hours ? 10 : 1);
  const [big, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const pad = (value) => String(value).padStart(2, "0");
  return `${hours ? pad(big % 24) : (degrees < 0 ? "−" : "+") + pad(big)} ${pad(minutes)} ${hours ? seconds.toFixed(1).padStart(4, "0") : pad(seconds)}`;
}

function position(lattice, look, x, y) {
  const { m, n, nx, ny, frame } = look;
  const u = Math.min(Math.max(((x + 0.5) / nx) * (m - 1), 0), m - 1), v = Math.min(Math.max(((y + 0.5) / ny) * (n - 1), 0), n - 1);
  const i = Math.min(Math.floor(u), m - 2), j = Math.min(Math.floor(v), n - 2), s = u - i, t = v - j;
  const at = (a, b, k) => lattice[3 * (b * m + a) + k];
  const [X, Y, Z] = [0, 1, 2].map((k) => (1 - t) * ((1 - s) * at(i, j, k) + s * at(i + 1, j, k)) + t * ((1 - s) * at(i, j + 1, k) + s * at(i + 1, j + 1, k)));
  if (Number.isNaN(X + Y + Z)) return "off the sky";
  const lon = ((Math.atan2(Y, X) * 180) / Math.PI + 360) % 360, lat = (Math.atan2(Z, Math.hypot(X, Y)) * 180) / Math.PI;
  if (frame === "galactic") return `l ${lon.toFixed(3)}° b ${(lat < 0 ? "−" : "+") + Math.abs(lat).toFixed(3)}°`;
  return `${sexagesimal(lon, true)} ${sexagesimal(lat, false)}`;
}

function written(value, unit) {
  if (Number.isNaN(value)) return "no value";
  const size = Math.abs(value);
  const text = value === 0 ? "0" : size >= 1e5 || size < 1e-2 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return `${text.replace("-", "−")} ${unit}`.trim();
}

class FlatSky {
  constructor(model, el, signal) {
    Object.assign(this, { model, signal, tool: "move", chosen: null, draft: null, corners: null, cursor: null, grabbed: null, shapes: [], local: null });
    this.canvas = h("canvas", { tabindex: "0", role: "application", "aria-roledescription": "sky map" });
    this.read = h("div", { class: "gpnb-read", hidden: true });
    this.size = h("div", { class: "gpnb-size" });
    this.bar = h("div", { class: "gpnb-float gpnb-float-tools", role: "toolbar", "aria-label": "Drawing" });
    const zoom = h("div", { class: "gpnb-float gpnb-float-zoom", role: "toolbar", "aria-label": "Zoom" },
      button("+", "Zoom in (Page Up)", () => this.zoom(1.5)), button("−", "Zoom out (Page Down)", () => this.zoom(1 / 1.5)),
      button("fit", "Show all (Home)", () => this.lookAt(null)));
    this.root = h("div", { class: "gpnb-sky" }, this.canvas, this.bar, zoom, this.size, this.read);
    el.classList.add("gpnb-part");
    el.append(this.root);
    this.observe();
    this.listen();
  }

  observe() {
    const { model, signal } = this;
    const redraw = () => this.request();
    watch(model, signal, ["pixels", "lut", "image"], () => {
      this.values = floats(trait(model, "pixels"));
      this.painted = paint(this.values, trait(model, "image"), octets(trait(model, "lut")));
      this.canvas.setAttribute("aria-label", trait(model, "image").title || "Sky map");
      this.size.textContent = trait(model, "image").size || "";
      redraw();
    });
    watch(model, signal, ["lattice"], () => { this.lattice = floats(trait(model, "lattice")); });
    watch(model, signal, ["marks"], () => { this.marks = octets(trait(model, "marks")); });
    watch(model, signal, ["shapes"], () => {
      this.shapes = trait(model, "shapes");
      this.local = null;
      if (!this.shapes.some((shape) => shape.id === this.chosen)) this.chosen = null;
      redraw();
    });
    watch(model, signal, ["grid", "contours", "lines", "points"], redraw);
    watch(model, signal, ["window"], () => { this.window = this.whole(trait(model, "window")); redraw(); });
    watch(model, signal, ["tools"], () => this.drawTools());
    const sizes = new ResizeObserver(redraw);
    sizes.observe(this.root);
    signal.addEventListener("abort", () => sizes.disconnect());
  }

  drawTools() {
    this.bar.replaceChildren(...trait(this.model, "tools").map(([name, word, hint]) => button(word, hint, () => this.take(name),
      { "aria-pressed": String(name === this.tool) })));
  }

  take(name) {
    this.tool = name;
    this.draft = null; this.corners = null;
    this.drawTools();
    this.canvas.style.cursor = name === "move" ? "default" : "crosshair";
    this.canvas.focus({ preventScroll: true });
    this.request();
  }

  type() { return this.tool.replace(/^mask-/, ""); }

  // Where things are: the window shows [x0, y0, x1, y1] of the image, in pixels, not distorted.

  whole(window) {
    const { nx, ny } = trait(this.model, "image");
    return window && window.length === 4 ? window : [-0.5, -0.5, nx - 0.5, ny - 0.5];
  }

  layout() {
    const { nx, ny } = trait(this.model, "image");
    const width = this.root.clientWidth, full = this.whole(null);
    const height = Math.max(180, Math.min(Math.max(560, HEIGHT * width), (width * ny) / Math.max(nx, 1)));
    const [x0, y0, x1, y1] = this.window ?? full;
    const scale = Math.min(width / (x1 - x0), height / (y1 - y0));
    return { width, height, scale, cx: (x0 + x1) / 2, cy: (y0 + y1) / 2 };
  }

  toScreen(x, y) { const { width, height, scale, cx, cy } = this.now; return [width / 2 + (x - cx) * scale, height / 2 - (y - cy) * scale]; }

  toImage(sx, sy) { const { width, height, scale, cx, cy } = this.now; return [cx + (sx - width / 2) / scale, cy - (sy - height / 2) / scale]; }

  request() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.draw(); });
  }

  draw() {
    this.now = this.layout();
    const { width, height } = this.now, dots = window.devicePixelRatio || 1;
    if (!width) return;
    const { canvas } = this;
    if (canvas.width !== Math.round(width * dots) || canvas.height !== Math.round(height * dots)) {
      canvas.width = Math.round(width * dots); canvas.height = Math.round(height * dots);
      canvas.style.height = `${height}px`;
    }
    const g = canvas.getContext("2d");
    g.setTransform(dots, 0, 0, dots, 0, 0);
    g.clearRect(0, 0, width, height);
    this.drawImage(g);
    this.drawLines(g, trait(this.model, "contours"), "#ffffff", 0.9, 1);
    this.drawGrid(g);
    const { paths, colour, alpha } = trait(this.model, "lines");
    if (paths) this.drawLines(g, paths, colour, alpha, 1);
    for (const shape of this.shapes) this.drawShape(g, shape.id === this.local?.id ? { ...shape, edit: this.local.edit } : shape);
    if (this.draft) this.drawShape(g, { edit: this.draft, colour: "#ffffff", style: "solid" });
    if (this.corners) this.drawLines(g, [[...this.corners, this.cursor ?? this.corners.at(-1)]], "#ffffff", 1, 1.5);
    this.drawPoints(g);
    if (this.cursor && document.activeElement === canvas) this.drawCursor(g);
    this.drawn = performance.now();
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1);
  }

  drawImage(g) {
    const { nx, ny, opacity = 1 } = trait(this.model, "image");
    const [left, top] = this.toScreen(-0.5, ny - 0.5);
    g.imageSmoothingEnabled = false;
    g.globalAlpha = opacity;
    if (nx) g.drawImage(this.painted, left, top, nx * this.now.scale, ny * this.now.scale);
    g.globalAlpha = 1;
  }

  trace(g, path, closed) {
    g.beginPath();
    path.forEach(([x, y], place) => { const [sx, sy] = this.toScreen(x, y); if (place) g.lineTo(sx, sy); else g.moveTo(sx, sy); });
    if (closed) g.closePath();
  }

  drawLines(g, lines, colour, alpha, width) {
    g.strokeStyle = colour; g.globalAlpha = alpha; g.lineWidth = width;
    for (const line of lines ?? []) { this.trace(g, line, false); g.stroke(); }
    g.globalAlpha = 1;
  }

  text(g, words, x, y, colour = "#ffffff", align = "left") {
    g.font = "11px var(--jp-ui-font-family, system-ui), system-ui, sans-serif";
    g.textAlign = align; g.lineJoin = "round";
    g.strokeStyle = "#000000b0"; g.lineWidth = 3; g.strokeText(words, x, y);
    g.fillStyle = colour; g.fillText(words, x, y);
  }

  drawGrid(g) {
    const grid = trait(this.model, "grid");
    if (!grid.lines) return;
    const { nx, ny } = trait(this.model, "image"), [left, top] = this.toScreen(-0.5, ny - 0.5);
    g.save();
    g.beginPath();
    g.rect(left, top, nx * this.now.scale, ny * this.now.scale);
    g.clip();
    this.drawLines(g, grid.lines, "#ffffff", 0.22, 1);
    g.restore();
    const { width, height } = this.now;
    for (const { x, y, text, side } of grid.labels) {
      const [sx, sy] = this.toScreen(x, y);
      if (side === "left" && sy > 44 && sy < height - 34) this.text(g, text, Math.max(sx, 0) + 6, sy - 4);
      if (side === "within") this.text(g, text, sx + 4, sy - 4);
      if (side === "bottom" && sx > 90 && sx < width - 40 - (this.read.hidden ? 0 : 260)) this.text(g, text, sx + 4, Math.min(sy, height) - 8);
    }
  }

  drawShape(g, shape) {
    const path = outline(shape.edit);
    this.trace(g, path, true);
    if (shape.style === "hatched") this.hatch(g, path);
    g.setLineDash(shape.style === "dashed" ? [5, 4] : []);
    g.strokeStyle = "#000000a6"; g.lineWidth = 3.4; g.stroke();
    g.strokeStyle = shape.colour; g.lineWidth = 1.7; g.stroke();
    g.setLineDash([]);
    if (shape.label) {
      const [sx, sy] = path.map(([x, y]) => this.toScreen(x, y)).reduce((best, point) => (point[0] - point[1] > best[0] - best[1] ? point : best));
      this.text(g, shape.label, sx + 4, sy - 2, shape.colour);
    }
    if (shape.id !== undefined && shape.id !== null && shape.id === this.chosen) {
      for (const handle of handles(shape.edit)) {
        const [sx, sy] = this.toScreen(handle.x, handle.y);
        g.beginPath();
        if (handle.round) g.arc(sx, sy, 5, 0, 7); else g.rect(sx - 4.5, sy - 4.5, 9, 9);
        g.fillStyle = "#ffffff"; g.fill(); g.strokeStyle = "#0072b2"; g.lineWidth = 1.5; g.stroke();
      }
    }
  }

  hatch(g, path) {
    const points = path.map(([x, y]) => this.toScreen(x, y));
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    g.save();
    g.clip();
    g.beginPath();
    for (let x = left - (bottom - top); x < right; x += 7) { g.moveTo(x, bottom); g.lineTo(x + bottom - top, top); }
    g.strokeStyle = "#ffffff"; g.globalAlpha = 0.55; g.lineWidth = 1; g.stroke();
    g.restore();
    this.trace(g, path, true);
  }

  drawPoints(g) {
    for (const { x, y, label, colour, marker } of trait(this.model, "points")) {
      const [sx, sy] = this.toScreen(x, y);
      g.beginPath();
      if (marker === "circle") g.arc(sx, sy, 6, 0, 7);
      else if (marker === "dot") { g.arc(sx, sy, 2.5, 0, 7); g.fillStyle = colour; g.fill(); }
      else { g.moveTo(sx - 5, sy); g.lineTo(sx + 5, sy); g.moveTo(sx, sy - 5); g.lineTo(sx, sy + 5); }
      if (marker !== "dot") {
        g.strokeStyle = "#000000a6"; g.lineWidth = 3; g.stroke();
        g.strokeStyle = colour; g.lineWidth = 1.4; g.stroke();
      }
      const near = this.cursor && Math.hypot(...this.toScreen(...this.cursor).map((value, k) => value - [sx, sy][k])) < REACH;
      if (label && (marker === "circle" || near)) this.text(g, label, sx + 8, sy - 6, colour);
    }
  }

  drawCursor(g) {
    const [sx, sy] = this.toScreen(...this.cursor);
    g.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { g.moveTo(sx + 4 * dx, sy + 4 * dy); g.lineTo(sx + 12 * dx, sy + 12 * dy); }
    g.strokeStyle = "#000000a6"; g.lineWidth = 3; g.stroke();
    g.strokeStyle = "#ffffff"; g.lineWidth = 1.2; g.stroke();
  }

  probe(x, y) {
    const image = trait(this.model, "image");
    const [i, j] = [Math.round(x), Math.round(y)];
    const words = [this.lattice.length ? position(this.lattice, { ...trait(this.model, "look"), nx: image.nx, ny: image.ny }, x, y) : ""];
    if (i >= 0 && j >= 0 && i < image.nx && j < image.ny) {
      if (this.values.length) words.push(written(this.values[j * image.nx + i], image.unit));
      const bits = this.marks[j * image.nx + i];
      if (bits) words.push(`masked: ${trait(this.model, "reasons").filter(([bit]) => bits & bit).map(([, word]) => word).join(", ")}`);
    } else words.push("outside the map");
    this.read.hidden = false;
    this.read.textContent = words.filter(Boolean).join(" · ");
  }

  // What the mouse and the keyboard do.

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.toImage(event.clientX - box.left, event.clientY - box.top);
  }

  near(x, y, point, reach = REACH) { return Math.hypot(x - point.x, y - point.y) * this.now.scale < reach; }

  current(id) {
    const shape = this.shapes.find((item) => item.id === id);
    return shape && (this.local?.id === id ? this.local.edit : shape.edit);
  }

  send(shape) { this.model.send({ kind: "shape", id: this.chosen, shape, tool: this.tool }); }

  listen() {
    const { canvas, signal } = this, on = (name, call, more = {}) => canvas.addEventListener(name, call, { signal, ...more });
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.drag(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", () => { this.grabbed = null; this.draft = null; this.request(); });
    on("pointerleave", () => { if (!this.grabbed) this.read.hidden = true; });
    on("dblclick", () => { if (this.corners) this.close(); });
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("keydown", (event) => this.key(event));
    on("focus", () => this.request());
    on("blur", () => { this.cursor = null; this.request(); });
  }

  press(event) {
    if (event.button !== 0) return;
    const [x, y] = this.at(event);
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    if (this.type() === "polygon") this.corner(x, y);
    else if (this.tool !== "move") this.grabbed = { kind: "draw", x, y };
    else this.grabbed = this.grab(x, y, event);
    this.request();
  }

  grab(x, y, event) {
    const edit = this.chosen !== null && this.current(this.chosen);
    const handle = edit && handles(edit).find((item) => this.near(x, y, item));
    if (handle) return { kind: "handle", drag: handle.drag };
    const shape = [...this.shapes].reverse().find((item) => item.id !== null && !item.fixed && inside(outline(item.edit), x, y));
    if (shape) { this.chosen = shape.id; return { kind: "body", x, y, edit: shape.edit }; }
    this.chosen = null;
    return { kind: "pan", x, y, sx: event.clientX, sy: event.clientY, window: this.window };
  }

  drag(event) {
    const [x, y] = this.at(event), held = this.grabbed;
    this.cursor = [x, y];
    this.probe(x, y);
    if (held?.kind === "draw") this.draft = drawn(this.type(), held.x, held.y, x, y);
    if (held?.kind === "handle") this.local = { id: this.chosen, edit: held.drag(x, y) };
    if (held?.kind === "body") this.local = { id: this.chosen, edit: moved(held.edit, x - held.x, y - held.y) };
    if (held?.kind === "pan") {
      const [dx, dy] = [(event.clientX - held.sx) / this.now.scale, (event.clientY - held.sy) / this.now.scale];
      const [x0, y0, x1, y1] = held.window;
      this.window = [x0 - dx, y0 + dy, x1 - dx, y1 + dy];
    }
    this.request();
  }

  release(event) {
    const held = this.grabbed;
    this.grabbed = null;
    if (held?.kind === "draw" && this.draft) {
      const draft = this.draft;
      this.draft = null;
      if (Math.hypot(...this.at(event).map((value, k) => value - [held.x, held.y][k])) * this.now.scale > 3) this.finish(draft);
    }
    if (["handle", "body"].includes(held?.kind) && this.local) this.send(this.local.edit);
    if (held?.kind === "body" && !this.local) this.click(held.x, held.y);
    if (held?.kind === "pan") {
      if (Math.hypot(event.clientX - held.sx, event.clientY - held.sy) > 3) this.tellWindow();
      else this.click(held.x, held.y);
    }
    this.request();
  }

  click(x, y) { this.model.send({ kind: "click", x, y, reach: REACH / this.now.scale }); }

  finish(shape) {
    this.chosen = null;
    this.send(shape);
    this.take("move");
  }

  corner(x, y) {
    if (this.corners?.length > 2 && this.near(x, y, { x: this.corners[0][0], y: this.corners[0][1] })) return this.close();
    const last = this.corners?.at(-1);
    if (last && this.near(x, y, { x: last[0], y: last[1] }, 2)) return undefined;
    this.corners = [...(this.corners ?? []), [x, y]];
    return undefined;
  }

  close() {
    const points = this.corners;
    this.corners = null;
    if (points.length > 2) this.finish({ type: "polygon", points });
    this.request();
  }

  wheel(event) {
    if (document.activeElement !== this.canvas && !event.ctrlKey) return; // the page scrolls over a map that is not in use
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 400), this.at(event));
  }

  zoom(factor, [x, y] = [this.now.cx, this.now.cy]) {
    const { nx, ny } = trait(this.model, "image");
    const [x0, y0, x1, y1] = this.window, size = Math.max((x1 - x0) / factor, 4);
    const k = size / (x1 - x0);
    if (size > 1.05 * Math.max(nx, ny) && factor < 1) return this.lookAt(null);
    return this.lookAt([x + (x0 - x) * k, y + (y0 - y) * k, x + (x1 - x) * k, y + (y1 - y) * k]);
  }

  lookAt(window) {
    this.window = this.whole(window);
    this.request();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.tellWindow(window === null), 150);
  }

  tellWindow(all = false) { this.model.send({ kind: "window", window: all ? [] : this.window }); }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (event.shiftKey ? 10 : 1) / this.now.scale;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const acts = {
      PageUp: () => this.zoom(1.5), PageDown: () => this.zoom(1 / 1.5), Home: () => this.lookAt(null),
      Escape: () => { this.corners = null; this.draft = null; this.chosen = null; this.take("move"); },
      Delete: () => this.chosen !== null && this.model.send({ kind: "remove", id: this.chosen }),
      Enter: () => this.enter(), "+": () => this.change((edit) => grown(edit, 1.05)), "-": () => this.change((edit) => grown(edit, 1 / 1.05)),
    };
    const arrow = arrows[event.key];
    if (arrow && this.chosen !== null) this.change((edit) => moved(edit, arrow[0] * step, arrow[1] * step));
    else if (arrow) this.moveCursor(arrow[0] * 5 * step, arrow[1] * 5 * step);
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.request();
  }

  moveCursor(dx, dy) {
    const [x, y] = this.cursor ?? [this.now.cx, this.now.cy];
    this.cursor = [x + dx, y + dy];
    this.probe(...this.cursor);
  }

  // Enter: drop a shape at the crosshair, set a corner, or take the shape under it.
  enter() {
    const [x, y] = this.cursor ?? [this.now.cx, this.now.cy], size = 24 / this.now.scale;
    if (this.type() === "polygon") return this.corner(x, y);
    if (this.tool !== "move") return this.finish(drawn(this.type(), x, y, x + size, y + (this.type() === "circle" ? 0 : size)));
    const shape = [...this.shapes].reverse().find((item) => item.id !== null && !item.fixed && inside(outline(item.edit), x, y));
    this.chosen = shape ? shape.id : null;
    if (!shape) this.click(x, y);
    return undefined;
  }

  // A change by key is shown at once, and told when the keys rest.
  change(make) {
    const edit = this.current(this.chosen);
    if (!edit) return;
    this.local = { id: this.chosen, edit: make(edit) };
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.local && this.send(this.local.edit), 300);
  }
}

function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  new FlatSky(model, el, signal);
  return end;
}

export default { render };
