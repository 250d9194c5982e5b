// @ts-check
// The survey below everything, or a plain sky; surveys are asked for before Aladin is told of them.

export const PLAIN = "none";
const PATIENCE = 6000; // ms
const MEMORY = 20000; // ms for which an answer is believed

/** @import { Aladin, Library } from "./types.d.ts" */
/** @typedef {{ answer: Promise<boolean>, when: number }} Asked */

/**
 * Whether a survey answers; asked once for all widgets of a page.
 * @param {string} url
 */
function reachable(url) {
  const page = /** @type {{ __gpnbSurveys?: Map<string, Asked> }} */ (globalThis);
  const answers = (page.__gpnbSurveys ??= new Map());
  const known = answers.get(url);
  if (known && Date.now() - known.when < MEMORY) return known.answer;
  const answer = fetch(`${url}/properties`, { signal: AbortSignal.timeout(PATIENCE) }).then(
    (response) => response.ok,
    () => false,
  );
  answers.set(url, { answer, when: Date.now() });
  return answer;
}

/**
 * Chooses surveys for one Aladin.
 * @param {Library} A
 * @param {Aladin} aladin
 * @param {(state: "loading" | "there" | "out of reach") => void} tell
 */
export function makeSurvey(A, aladin, tell) {
  let latest = 0;
  return async function choose(/** @type {string} */ url) {
    const mine = ++latest;
    tell("loading");
    const there = url === PLAIN || (await reachable(url));
    if (mine !== latest) return;
    aladin.setBaseImageLayer(there && url !== PLAIN ? url : plainSky(A));
    tell(there ? "there" : "out of reach");
  };
}

/**
 * Nothing to see and nothing to fetch: Aladin wants some layer below, this is an empty image of two pixels.
 * @param {Library} A
 */
export function plainSky(A) {
  const url = URL.createObjectURL(new Blob([emptyFits()], { type: "application/fits" }));
  return A.image(url, { name: "plain sky", imgFormat: "fits", minCut: 0, maxCut: 1, opacity: 0.001 });
}

function emptyFits() {
  const cards = {
    SIMPLE: "T", BITPIX: -32, NAXIS: 2, NAXIS1: 2, NAXIS2: 2,
    CTYPE1: "'RA---TAN'", CTYPE2: "'DEC--TAN'", CRPIX1: 1, CRPIX2: 1, CRVAL1: 0, CRVAL2: -89.9,
    CDELT1: -0.00001, CDELT2: 0.00001,
  };
  const lines = Object.entries(cards).map(([key, value]) => `${key.padEnd(8)}= ${String(value).padStart(20)}`.padEnd(80));
  const header = [...lines, "END".padEnd(80)].join("").padEnd(2880);
  const bytes = new Uint8Array(2 * 2880);
  bytes.set(new TextEncoder().encode(header));
  return bytes;
}
