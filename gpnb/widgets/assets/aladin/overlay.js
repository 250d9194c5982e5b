// Regions and points, drawn by ourselves on Aladin's canvas: names are canvas text, never HTML.

const DASHES = { solid: [], dashed: [7, 4], dotted: [2.5, 3.5] };
const RIM = "rgba(0, 0, 0, 0.65)";
const NEAR = 9; // px between the mouse and a point whose name is shown

/** Layers by name in one overlay of Aladin; giving a name again replaces what it had. */
export function makeOverlay(A, aladin) {
  const layers = new Map();
  const overlay = A.graphicOverlay({ name: "gpnb", color: "#ffffff" });
  let mouse = null;
  overlay.draw = (context) => {
    for (const layer of layers.values()) drawLayer(context, aladin, layer, mouse);
  };
  aladin.addOverlay(overlay);
  const redraw = () => overlay.reportChange();
  return {
    redraw,
    show(name, layer) {
      layers.set(name, layer);
      redraw();
    },
    restyle(name, style) {
      const layer = layers.get(name);
      if (layer) layer.style = style;
      redraw();
    },
    remove(name) {
      layers.delete(name);
      redraw();
    },
    hover(place) {
      mouse = place;
      if ([...layers.values()].some((layer) => layer.points && layer.style.names === "hover")) redraw();
    },
  };
}

function drawLayer(context, aladin, layer, mouse) {
  context.save();
  context.globalAlpha = layer.style.opacity;
  context.lineJoin = "round";
  if (layer.regions) for (const outlines of layer.regions) drawRegion(context, aladin, outlines, layer.style);
  if (layer.points) drawPoints(context, aladin, layer, mouse);
  context.restore();
}

function drawRegion(context, aladin, outlines, style) {
  const path = new Path2D();
  const pixels = outlines.flatMap((outline) => trace(path, aladin, outline));
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
  context.strokeStyle = RIM;
  context.lineWidth = style.width + 1.5;
  context.stroke(path);
  context.strokeStyle = style.colour;
  context.lineWidth = style.width;
  context.stroke(path);
}

/** Add a closed outline to a path; what lies behind the sphere is left out. */
function trace(path, aladin, outline) {
  const pixels = outline.map((place) => toPixel(aladin, place));
  let down = false;
  for (const pixel of pixels) {
    if (pixel && down) path.lineTo(...pixel);
    else if (pixel) path.moveTo(...pixel);
    down = Boolean(pixel);
  }
  if (pixels.every(Boolean)) path.closePath();
  return pixels.filter(Boolean);
}

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

function drawPoints(context, aladin, layer, mouse) {
  const pixels = layer.points.map((place) => toPixel(aladin, place));
  const crosses = new Path2D();
  const arm = layer.style.size / 2;
  for (const pixel of pixels.filter(Boolean)) {
    crosses.moveTo(pixel[0] - arm, pixel[1]);
    crosses.lineTo(pixel[0] + arm, pixel[1]);
    crosses.moveTo(pixel[0], pixel[1] - arm);
    crosses.lineTo(pixel[0], pixel[1] + arm);
  }
  context.setLineDash([]);
  for (const [colour, width] of [[RIM, 3.5], [layer.style.colour, 1.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(crosses);
  }
  if (!layer.labels) return;
  const named = layer.style.names === "always" ? pixels.map((_, index) => index) : nearest(pixels, mouse);
  for (const index of named) if (pixels[index]) write(context, layer.labels[index], pixels[index], arm, layer.style.colour);
}

function nearest(pixels, mouse) {
  if (!mouse) return [];
  const distances = pixels.map((pixel) => (pixel ? Math.hypot(pixel[0] - mouse[0], pixel[1] - mouse[1]) : Infinity));
  const closest = Math.min(...distances);
  return closest <= NEAR ? [distances.indexOf(closest)] : [];
}

/** A word with a dark rim, legible on any sky. */
export function write(context, text, [x, y], gap, colour) {
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "alphabetic";
  context.strokeStyle = RIM;
  context.lineWidth = 3;
  context.strokeText(text, x + gap + 3, y - 4);
  context.fillStyle = colour;
  context.fillText(text, x + gap + 3, y - 4);
}

function toPixel(aladin, [ra, dec]) {
  const pixel = aladin.world2pix(ra, dec, "ICRS");
  return pixel && Number.isFinite(pixel[0]) && Number.isFinite(pixel[1]) ? pixel : null;
}
