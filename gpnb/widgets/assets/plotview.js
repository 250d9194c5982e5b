// @ts-check
// A plot whose script travels once a page, in a model of its own: however many plots there are, it is sent and kept once.

/** @typedef {{ get: (name: string) => any, widget_manager: { get_model: (id: string) => Promise<{ get: (name: string) => any }> } }} Shared */

/**
 * The module of a text; a text makes one in a page.
 * @param {string} text
 * @returns {Promise<{ default: { render: (given: object) => any } }>}
 */
function moduleOf(text) {
  const page = /** @type {any} */ (globalThis), known = (page.gpnbModules ??= new Map());
  if (!known.has(text)) known.set(text, import(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))));
  return known.get(text);
}

/** @param {{ model: Shared }} given */
async function render(given) {
  const script = await given.model.widget_manager.get_model(given.model.get("script").replace("IPY_MODEL_", ""));
  const { default: part } = await moduleOf(script.get("text"));
  return part.render(given);
}

export default { render };
