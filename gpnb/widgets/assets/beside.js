// @ts-check
// Where a card stands that tells what is pointed at.

const AWAY = 14; // pixels from the point

/**
 * Beside its point, never on it, inside the picture.
 * @param {{ x: number, y: number }} point
 * @param {{ width: number, height: number }} card
 * @param {{ width: number, height: number }} box
 */
export function placeOf(point, card, box) {
  const most = { x: Math.max(0, box.width - card.width), y: Math.max(0, box.height - card.height) };
  const into = (/** @type {number} */ value, /** @type {number} */ top) => Math.max(0, Math.min(top, value));
  const sides = [
    { x: point.x + AWAY, y: into(point.y + AWAY, most.y) },
    { x: point.x - AWAY - card.width, y: into(point.y + AWAY, most.y) },
    { x: into(point.x - card.width / 2, most.x), y: point.y + AWAY },
    { x: into(point.x - card.width / 2, most.x), y: point.y - AWAY - card.height },
  ];
  const found = sides.find(({ x, y }) => x >= 0 && x <= most.x && y >= 0 && y <= most.y) ?? sides[0];
  return { x: into(found.x, most.x), y: into(found.y, most.y) };
}
