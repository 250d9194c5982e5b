// @ts-check
// A field whose entry was refused has a red border until it is mended or left; Escape and leaving it bring back what was.

/** @typedef {{ refused: Record<string, string> }} Refused Name → why the last entry was refused */

/**
 * @param {HTMLElement | null} node
 * @param {string} why Empty if the entry is not refused
 */
export function markRefused(node, why) {
  if (why) node?.setAttribute("aria-invalid", "true");
  else node?.removeAttribute("aria-invalid");
  if (node) node.title = why;
}

/**
 * @param {HTMLInputElement} node
 * @param {() => void} forget The refusal is over
 * @returns {(value: string, why?: string, kept?: boolean) => void} Shows a value; what is being typed stays while
 * the value is what it was, or is kept
 */
export function refusable(node, forget) {
  let shown = "";
  const mark = (/** @type {string} */ why) => markRefused(node, why);
  const back = () => {
    const was = node.hasAttribute("aria-invalid");
    mark("");
    node.value = ""; // or a number field keeps letters that it cannot read
    node.value = shown;
    if (was) forget();
  };
  node.addEventListener("keydown", (event) => { if (event.key === "Escape") back(); });
  node.addEventListener("blur", () => { if (node.hasAttribute("aria-invalid")) back(); });
  return (value, why = "", kept = false) => {
    const here = document.activeElement === node, same = value === shown || kept;
    shown = value;
    if (here && same) mark(why);
    else back();
  };
}
