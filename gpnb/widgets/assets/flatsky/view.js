// @ts-check
// Where things are: a window [x0, y0, x1, y1] of the image, in its pixels, is shown on the screen, not distorted.

/** @import { Point } from "./shapes.js" */

/** @typedef {[number, number, number, number]} Window */
/**
 * How the window lies on the screen: a frame of width × height px, px a pixel of the image, and what is in the middle.
 * @typedef {{ width: number, height: number, scale: number, cx: number, cy: number }} Layout
 */

const HIGHEST = 640; // px: no map fills more than a screen
const LEAST = 180;
const CLOSEST = 4; // pixels of the image across

export class View {
  /** @param {() => { nx: number, ny: number }} size Of the image */
  constructor(size) {
    this.size = size;
    this.window = this.all();
    /** @type {Layout} */
    this.now = { width: 0, height: 0, scale: 1, cx: 0, cy: 0 };
  }

  get nx() { return this.size().nx; }

  get ny() { return this.size().ny; }

  /** @returns {Window} */
  all() { return [-0.5, -0.5, this.nx - 0.5, this.ny - 0.5]; }

  /**
   * Lay the window out in a frame that is as wide as this.
   * @param {number} width
   */
  lay(width) {
    const height = Math.max(LEAST, Math.min(HIGHEST, (width * this.ny) / Math.max(this.nx, 1)));
    const [x0, y0, x1, y1] = this.window;
    const scale = Math.min(width / (x1 - x0), height / (y1 - y0));
    this.now = { width, height, scale, cx: (x0 + x1) / 2, cy: (y0 + y1) / 2 };
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Point}
   */
  toScreen(x, y) {
    const { width, height, scale, cx, cy } = this.now;
    return [width / 2 + (x - cx) * scale, height / 2 - (y - cy) * scale];
  }

  /**
   * @param {number} sx
   * @param {number} sy
   * @returns {Point}
   */
  toImage(sx, sy) {
    const { width, height, scale, cx, cy } = this.now;
    return [cx + (sx - width / 2) / scale, cy - (sy - height / 2) / scale];
  }

  /**
   * The window that shows things larger by a factor, around a place that stays where it is; null for all of the image.
   * @param {number} factor
   * @param {Point} [place]
   * @returns {Window | null}
   */
  zoomed(factor, [x, y] = [this.now.cx, this.now.cy]) {
    const [x0, y0, x1, y1] = this.window, size = Math.max((x1 - x0) / factor, CLOSEST);
    if (size > 1.05 * Math.max(this.nx, this.ny) && factor < 1) return null;
    const k = size / (x1 - x0);
    return [x + (x0 - x) * k, y + (y0 - y) * k, x + (x1 - x) * k, y + (y1 - y) * k];
  }
}

/**
 * A window after the image was dragged by (dx, dy) px on the screen.
 * @param {Window} window
 * @param {number} dx
 * @param {number} dy
 * @param {number} scale
 * @returns {Window}
 */
export function panned([x0, y0, x1, y1], dx, dy, scale) {
  const [x, y] = [dx / scale, dy / scale];
  return [x0 - x, y0 + y, x1 - x, y1 + y];
}
