// @ts-check
// Which place is pointed at, here or in the row of a table that it belongs to.

import { REACH } from "./state.js";

/** @import { Point } from "./shapes.js" */
/** @import { Sky } from "./state.js" */

/**
 * Tell the row of the nearest place that has one; none where there is nothing near.
 * @param {Sky} sky
 * @param {Point | null} at
 */
export function pointAt({ model, view }, at) {
  let row = /** @type {number | null} */ (null), least = REACH / view.now.scale;
  for (const place of model.get("points")) {
    const away = at ? Math.hypot(place.x - at[0], place.y - at[1]) : Infinity;
    if (place.row !== undefined && away < least) [row, least] = [place.row, away];
  }
  if (row === (model.get("pointed") ?? null)) return;
  model.set("pointed", row);
  model.save_changes();
}
