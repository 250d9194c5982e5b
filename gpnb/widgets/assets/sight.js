// @ts-check
// Whether a view of a panel is in sight, or nearly: what nobody sees need not be redrawn.

/** @import { Model } from "./kit.js" */

const MARGIN = "300px";

/**
 * Tell Python when a view comes into sight, leaves it, or is no more. Where that cannot be known nothing is told, and
 * Python takes it for seen.
 * @param {Model<any>} model
 * @param {Element} panel
 * @param {AbortSignal} signal
 */
export function tellSight(model, panel, signal) {
  if (typeof IntersectionObserver === "undefined") return;
  const view = Math.random().toString(36).slice(2);
  /** @type {boolean | null} */
  let told = null;
  const tell = (/** @type {boolean | null} */ seen) => {
    if (seen === told) return;
    told = seen;
    model.send({ kind: "sight", view, seen });
  };
  const gone = () => {
    observer.disconnect();
    try { tell(null); } catch { /* the kernel has ended first */ }
  };
  const margins = { rootMargin: MARGIN, scrollMargin: MARGIN }; // of the window, and of what scrolls in it
  const observer = new IntersectionObserver((entries) => tell(entries[entries.length - 1].isIntersecting), margins);
  observer.observe(panel);
  window.addEventListener("beforeprint", () => tell(true), { signal });
  window.addEventListener("pagehide", gone, { signal });
  signal.addEventListener("abort", gone);
}
