// @ts-check
// A slider that is not taken back while it is moved.
// The kernel answers steps one by one: until the last one is answered, an answer must not move the slider.

import { h } from "./kit.js";

/** @import { Sender } from "./changes.js" */

const PATIENCE = 1500; // ms after which an answer is no longer waited for

/**
 * @param {string} label
 * @param {{ min: number, max: number, step: number }} limits
 * @param {Sender} out
 * @param {string} name Under which its values are sent
 * @returns {{ node: HTMLInputElement, show: (value: number, near: number) => void }}
 *   `show` takes the kernel's value, which answers what was sent if it is as near as this
 */
export function slider(label, limits, out, name) {
  let held = false, latest = NaN, timer = 0;
  /** @type {number | null} */
  let sent = null;
  const node = h("input", { type: "range", class: "gpnb-range", "aria-label": label, ...limits });
  const release = () => { held = false; };
  const settle = () => {
    sent = null;
    if (!held) node.value = String(latest);
  };
  node.addEventListener("pointerdown", () => { held = true; out.start(); });
  node.addEventListener("pointerup", release);
  node.addEventListener("lostpointercapture", release);
  node.addEventListener("input", () => {
    sent = Number(node.value);
    clearTimeout(timer);
    timer = setTimeout(settle, PATIENCE);
    out.send(name, sent);
  });
  const show = (/** @type {number} */ value, /** @type {number} */ near) => {
    latest = value;
    if (sent !== null && Math.abs(value - sent) < near) {
      clearTimeout(timer);
      sent = null;
    }
    if (!held && sent === null) node.value = String(value);
  };
  return { node, show };
}
