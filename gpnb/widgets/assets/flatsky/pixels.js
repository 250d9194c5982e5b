// @ts-check
// Values of an image as a picture, under a stretch and a colour table.

import { placing } from "../scale.js";

/** @import { Colouring } from "../scale.js" */

/** @typedef {Colouring & { nx: number, ny: number }} Scaled */

/**
 * Colours of values, four bytes each, the highest row first; 0 where there is no value.
 * @param {Float32Array} values Row by row from the lowest
 * @param {Scaled} image
 * @param {Uint8Array} lut
 * @param {Uint32Array} out
 */
export function colour(values, image, lut, out) {
  const { nx, ny } = image, place = placing(image);
  const colours = new Uint32Array(256);
  for (let k = 0; k < 256; k += 1) colours[k] = (255 << 24) | (lut[3 * k + 2] << 16) | (lut[3 * k + 1] << 8) | lut[3 * k];
  for (let row = 0; row < ny; row += 1) {
    let to = (ny - 1 - row) * nx, from = row * nx; // the first row of the image is the lowest
    for (let column = 0; column < nx; column += 1, to += 1, from += 1) {
      const value = values[from];
      if (!Number.isNaN(value)) out[to] = colours[Math.round(255 * place(value))];
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
