// @ts-check
// Values of an image as a picture, under a stretch and a colour table.

/** @typedef {{ nx: number, ny: number, low: number, high: number, stretch: keyof typeof STRETCHES }} Scaled */

const STRETCHES = {
  linear: (/** @type {number} */ t) => t,
  sqrt: (/** @type {number} */ t) => Math.sqrt(t),
  log: (/** @type {number} */ t) => t, // the logarithm is taken before the cuts are
  asinh: (/** @type {number} */ t) => Math.asinh(10 * t) / Math.asinh(10),
};

/**
 * Numbers of four bytes, as Python sends them.
 * @param {DataView | undefined} view
 */
export function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/**
 * Bytes, as Python sends them.
 * @param {DataView | undefined} view
 */
export function octets(view) {
  return view && view.byteLength ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(0);
}

/**
 * Colours of values, four bytes each, the highest row first; 0 where there is no value.
 * @param {Float32Array} values Row by row from the lowest
 * @param {Scaled} image
 * @param {Uint8Array} lut
 * @param {Uint32Array} out
 */
export function colour(values, image, lut, out) {
  const { nx, ny, low, high, stretch } = image;
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
}

/**
 * The picture, one pixel each.
 * @param {Float32Array} values
 * @param {Scaled} image
 * @param {Uint8Array} lut
 */
export function paint(values, image, lut) {
  const { nx, ny } = image, canvas = document.createElement("canvas");
  canvas.width = Math.max(nx, 1);
  canvas.height = Math.max(ny, 1);
  if (values.length !== nx * ny || !values.length) return canvas;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const data = context.createImageData(nx, ny);
  colour(values, image, lut, new Uint32Array(data.data.buffer));
  context.putImageData(data, 0, 0);
  return canvas;
}
