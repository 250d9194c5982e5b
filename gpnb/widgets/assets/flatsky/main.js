// @ts-check
// The flat sky: exact pixels under a colour table, with grid, contours, shapes, points and a read-out.
// Geometry comes from Python in pixels of the image; only the read-out interpolates positions, on a lattice.

import { button, h, lifetime, watch } from "../kit.js";
import { floats, octets } from "../bytes.js";
import { draw } from "./draw.js";
import { showTools } from "./drawing.js";
import { listenKeys } from "./keys.js";
import { lookAt, zoom } from "./look.js";
import { paint } from "./pixels.js";
import { listenPointer } from "./pointer.js";
import { answered } from "./readout.js";
import { Sky } from "./state.js";

/** @import { Given } from "../kit.js" */
/** @import { Traits } from "./state.js" */

/**
 * Take what Python tells.
 * @param {Sky} sky
 * @param {HTMLElement} size Where the size of the view is told
 * @param {AbortSignal} signal
 */
function observe(sky, size, signal) {
  const { model, view } = sky, request = () => sky.request();
  watch(model, signal, ["pixels", "lut", "image"], () => {
    const image = model.get("image");
    sky.values = floats(model.get("pixels"));
    sky.painted = paint(sky.values, image, octets(model.get("lut")));
    sky.canvas.setAttribute("aria-label", image.title || "Sky map");
    size.textContent = image.size || "";
    request();
  });
  watch(model, signal, ["lattice"], () => { sky.lattice = floats(model.get("lattice")); });
  watch(model, signal, ["told", "image", "pixels"], () => answered(sky));
  watch(model, signal, ["shapes"], () => {
    sky.shapes = model.get("shapes");
    sky.local = null;
    if (!sky.shapes.some((shape) => shape.key === sky.chosen)) sky.chosen = null;
    request();
  });
  watch(model, signal, ["grid", "contours", "lines", "points", "pointed"], request);
  watch(model, signal, ["window"], () => {
    const window = model.get("window");
    view.window = window.length === 4 ? window : view.all();
    request();
  });
  watch(model, signal, ["tools"], () => showTools(sky));
}

/** @param {Given<Traits>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given);
  const sky = new Sky(model, draw);
  const size = h("div", { class: "gpnb-size" });
  const zooms = h("div", { class: "gpnb-float gpnb-float-zoom", role: "toolbar", "aria-label": "Zoom" },
    button("+", "Zoom in (Page Up)", () => zoom(sky, 1.5)), button("−", "Zoom out (Page Down)", () => zoom(sky, 1 / 1.5)),
    button("fit", "Show all (Home)", () => lookAt(sky, null)));
  sky.root.append(zooms, size, sky.read);
  el.classList.add("gpnb-part");
  el.append(sky.root);
  observe(sky, size, signal);
  const resized = new ResizeObserver(() => sky.request());
  resized.observe(sky.root);
  signal.addEventListener("abort", () => resized.disconnect());
  listenPointer(sky, signal);
  listenKeys(sky, signal);
  return end;
}

export default { render };
