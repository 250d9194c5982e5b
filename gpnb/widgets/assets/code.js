// @ts-check
// Python in colours: comments, texts, numbers, words of the language. What is not told apart stays as it is.

import { h } from "./kit.js";

const PARTS = [
  ["comment", String.raw`#[^\n]*`],
  ["string", String.raw`[rbfu]{0,2}(?:"""[^]*?"""|'{3}[^]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`],
  ["number", String.raw`(?<![\w.])\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?`],
  ["keyword", String.raw`\b(?:import|from|as|with|for|in|if|else|def|return|lambda|not|and|or|None|True|False)\b`],
];

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function coloured(text) {
  const found = new RegExp(PARTS.map(([name, pattern]) => `(?<${name}>${pattern})`).join("|"), "g"), made = [];
  let done = 0;
  for (const match of text.matchAll(found)) {
    const kind = PARTS.find(([name]) => match.groups?.[name] !== undefined)?.[0];
    made.push(text.slice(done, match.index), h("span", { class: `gpnb-code-${kind}` }, match[0]));
    done = match.index + match[0].length;
  }
  return [...made, text.slice(done)].filter((part) => part !== "");
}
