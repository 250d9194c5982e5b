// @ts-check
// What is said when the kernel behind a panel is no more: the panel stays as it was, and nothing in it answers.

import { h } from "./kit.js";

const GONE = "jupyter-widgets-disconnected"; // Jupyter's mark on the view of a widget without a kernel
const WORDS = "▲ The kernel behind this panel has ended: run the cell again to use it.";

/**
 * Say so in one line over the panel when that comes, and let its controls be.
 * @param {HTMLElement} panel
 * @param {AbortSignal} signal
 */
export function tellEnd(panel, signal) {
  const look = () => {
    if (!panel.classList.contains(GONE) || panel.classList.contains("gpnb-ended")) return;
    panel.classList.add("gpnb-ended");
    for (const part of panel.children) part.toggleAttribute("inert", true);
    panel.prepend(h("div", { class: "gpnb-end gpnb-attention", role: "status" }, WORDS));
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(panel, { attributeFilter: ["class"] });
  signal.addEventListener("abort", () => observer.disconnect());
  look();
}
