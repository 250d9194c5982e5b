// @ts-check
// Shapes of plots: nodes of SVG, outlines of marks, rounded coordinates.

const SVG = "http://www.w3.org/2000/svg";
const FAR = 1e5; // pixels; browsers stumble over coordinates that are much larger

/**
 * A node of SVG; attributes without a value are left out.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | null | undefined>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== "") node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * A coordinate in few digits.
 * @param {number} value
 */
export function coordinate(value) {
  return Math.round(100 * Math.max(-FAR, Math.min(FAR, value))) / 100;
}

/**
 * The outline of a mark.
 * @param {string} marker
 * @param {number} x
 * @param {number} y
 * @param {number} r Of a circle of the same size
 */
export function outline(marker, x, y, r) {
  const d = (/** @type {number} */ value) => coordinate(value * r);
  const from = (/** @type {number} */ right, /** @type {number} */ down) => `M${coordinate(x + right * r)} ${coordinate(y + down * r)}`;
  if (marker === "square") return `${from(-0.9, -0.9)}h${d(1.8)}v${d(1.8)}h${d(-1.8)}z`;
  if (marker === "diamond") return `${from(0, -1.2)}l${d(1.2)} ${d(1.2)}l${d(-1.2)} ${d(1.2)}l${d(-1.2)} ${d(-1.2)}z`;
  if (marker === "triangle-up") return `${from(0, -1.1)}l${d(1.15)} ${d(2)}h${d(-2.3)}z`;
  if (marker === "triangle-down") return `${from(0, 1.1)}l${d(1.15)} ${d(-2)}h${d(-2.3)}z`;
  if (marker === "cross") {
    const [a, b] = [d(0.7), d(0.75)];
    return `${from(-0.35, -1.1)}h${a}v${b}h${b}v${a}h${-b}v${b}h${-a}v${-b}h${-b}v${-a}h${b}z`;
  }
  return `${from(-1, 0)}a${d(1)} ${d(1)} 0 1 0 ${d(2)} 0a${d(1)} ${d(1)} 0 1 0 ${d(-2)} 0z`;
}
