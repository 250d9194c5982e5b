// @ts-check
// What the keyboard does: all that the mouse does, with a crosshair.

import { withModifier } from "../kit.js";
import { corner, finish, take } from "./drawing.js";
import { lookAt, zoom } from "./look.js";
import { probe } from "./readout.js";
import { drawn, grown, moved } from "./shapes.js";

/** @import { Point, Shape } from "./shapes.js" */
/** @import { Sky } from "./state.js" */

const PAUSE = 300; // ms after which a change by keys is told
const SIZE = 24; // px of a shape that Enter drops
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** @type {Record<string, (sky: Sky) => void>} */
const ACTS = {
  PageUp: (sky) => zoom(sky, 1.5),
  PageDown: (sky) => zoom(sky, 1 / 1.5),
  Home: (sky) => lookAt(sky, null),
  Escape: (sky) => { sky.chosen = null; take(sky, "move"); },
  Delete: (sky) => { if (sky.chosen !== null) sky.model.send({ kind: "remove", key: sky.chosen }); },
  Enter: (sky) => enter(sky),
  "+": (sky) => change(sky, (edit) => grown(edit, 1.05)),
  "-": (sky) => change(sky, (edit) => grown(edit, 1 / 1.05)),
};

/**
 * @param {Sky} sky
 * @param {AbortSignal} signal
 */
export function listenKeys(sky, signal) {
  sky.canvas.addEventListener("keydown", (event) => key(sky, event), { signal });
  sky.canvas.addEventListener("focus", () => sky.request(), { signal });
  sky.canvas.addEventListener("blur", () => { sky.cursor = null; sky.request(); }, { signal });
}

/**
 * @param {Sky} sky
 * @param {KeyboardEvent} event
 */
function key(sky, event) {
  if (withModifier(event)) return;
  const arrow = ARROWS[event.key], act = ACTS[event.key];
  if (arrow) push(sky, arrow, (event.shiftKey ? 10 : 1) / sky.view.now.scale);
  else if (act) act(sky);
  else return;
  event.preventDefault();
  event.stopPropagation();
  sky.request();
}

/**
 * Move the chosen shape, else the crosshair, which goes faster.
 * @param {Sky} sky
 * @param {Point} arrow
 * @param {number} step
 */
function push(sky, [dx, dy], step) {
  if (sky.chosen !== null) return change(sky, (edit) => moved(edit, dx * step, dy * step));
  const [x, y] = sky.place;
  sky.cursor = [x + 5 * dx * step, y + 5 * dy * step];
  return probe(sky, ...sky.cursor);
}

/**
 * Drop a shape at the crosshair, set a corner, or take the shape under it.
 * @param {Sky} sky
 */
function enter(sky) {
  const [x, y] = sky.place, size = SIZE / sky.view.now.scale;
  if (sky.type === "polygon") return corner(sky, [x, y]);
  if (sky.tool !== "move") return finish(sky, drawn(sky.type, x, y, x + size, y + (sky.type === "circle" ? 0 : size)));
  const shape = sky.under(x, y);
  sky.chosen = shape ? shape.key : null;
  return shape ? undefined : sky.click(x, y);
}

/**
 * A change by key is shown at once, and told when the keys rest.
 * @param {Sky} sky
 * @param {(edit: Shape) => Shape} make
 */
function change(sky, make) {
  const edit = sky.current;
  if (!edit) return;
  sky.local = { key: sky.chosen, edit: make(edit) };
  clearTimeout(sky.rest);
  sky.rest = setTimeout(() => { if (sky.local) sky.send(sky.local.edit); }, PAUSE);
}
