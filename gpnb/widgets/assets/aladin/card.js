// @ts-check
// What lies under the mouse on the sky: the kernel tells; one question at a time, the last one wins.

import { placeOf } from "../beside.js";
import { h } from "../kit.js";
import { fillRead, placeWords } from "../told.js";

/** @import { Model } from "../kit.js" */
/** @import { Aladin, Pair, Told, Traits } from "./types.d.ts" */

const WAIT = 1000; // ms after which another question is asked, answered or not

/**
 * @param {Aladin} aladin
 * @param {Model<Traits>} model
 * @param {HTMLElement} el
 */
export function makeRead(aladin, model, el) {
  const read = h("div", { class: "gpnb-read", hidden: true });
  /** @type {Pair | null} */
  let wanted = null;
  let asking = 0, here = false;
  el.append(read);
  const ask = () => {
    clearTimeout(asking);
    asking = 0;
    const world = wanted && aladin.pix2world(...wanted, "ICRS");
    if (!wanted || !world || !world.every(Number.isFinite)) return;
    model.send({ gpnb: "probe", place: wanted, world });
    wanted = null;
    asking = setTimeout(ask, WAIT);
  };
  return {
    /** @param {Pair | null} place Where the mouse is */
    hover(place) {
      if (!model.get("probes")) return;
      wanted = place;
      here = Boolean(place);
      if (!here) read.hidden = true;
      else if (!asking) ask();
    },
    /** @param {Told} told */
    told({ place: [x, y], lon, lat, frame, rows, why }) {
      read.hidden = !here;
      const corner = fillRead(read, { title: placeWords(lon, lat, frame), rows, why }), [width, height] = aladin.getSize();
      const at = placeOf({ x, y }, { width: read.offsetWidth, height: read.offsetHeight }, { width, height });
      Object.assign(read.style, corner ? { left: "", top: "" } : { left: `${at.x}px`, top: `${at.y}px` });
      ask();
    },
  };
}
