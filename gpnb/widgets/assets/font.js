// @ts-check
// The font of the interface for words on a canvas, which knows no variables of CSS.

const TALL = 11; // px
let family = "";

/** @param {CanvasRenderingContext2D} g */
export function fontOf(g) {
  family ||= getComputedStyle(g.canvas).fontFamily;
  return `${TALL}px ${family}`;
}
