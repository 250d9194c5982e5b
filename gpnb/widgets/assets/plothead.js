// @ts-check
// A line of words by itself: title, facts, a legend that several plots have in common.

import { lifetime, watch } from "./kit.js";
import { headLine } from "./plot/legend.js";

/** @import { Given } from "./kit.js" */
/** @import { Words } from "./plot/legend.js" */

/** @param {Given<Words>} given */
function render({ model, el, signal: given }) {
  const { signal, end } = lifetime(given), line = headLine();
  el.classList.add("gpnb-part", "gpnb-plot-head");
  el.append(...line.nodes);
  watch(model, signal, ["title", "facts", "legend"], () => {
    line.show({ title: model.get("title"), facts: model.get("facts"), legend: model.get("legend"), label: "" });
  });
  return end;
}

export default { render };
