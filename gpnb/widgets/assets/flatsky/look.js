// @ts-check
// Which part of the image is looked at; Python is told when the user comes to rest.

/** @import { Point } from "./shapes.js" */
/** @import { Sky } from "./state.js" */
/** @import { Window } from "./view.js" */

const REST = 150; // ms

/**
 * @param {Sky} sky
 * @param {number} factor By which things get larger
 * @param {Point} [place] That stays where it is; else the middle
 */
export function zoom(sky, factor, place) { lookAt(sky, sky.view.zoomed(factor, place)); }

/**
 * @param {Sky} sky
 * @param {Window | null} window None for all
 */
export function lookAt(sky, window) {
  sky.view.window = window ?? sky.view.all();
  sky.request();
  clearTimeout(sky.later);
  sky.later = setTimeout(() => tellWindow(sky, window === null), REST);
}

/** @param {Sky} sky */
export function tellWindow(sky, all = false) { sky.model.send({ kind: "window", window: all ? [] : sky.view.window }); }
