// @ts-check
// What the user changes by controls travels as one trait, name → [value, gesture]: while the kernel is busy
// the front end sends only the last values.

/** @import { Model } from "./kit.js" */

/** @import { Refused } from "./refused.js" */

/** @typedef {{ changes: Record<string, [unknown, string]> } & Refused} Changed */
/** @typedef {{ start: () => void, send: (name: string, value: unknown) => void, forget: (name: string) => void }} Sender */

let gestures = 0;
const page = Math.random().toString(36).slice(2, 8);

/** A name that no other gesture has, in this page or another. */
export function newGesture() {
  gestures += 1;
  return `${page}-${gestures}`;
}

/**
 * Sends changes; those between two starts are of one gesture, which is undone as one.
 * @param {Model<any>} model One with the traits of Changed
 * @returns {Sender}
 */
export function sender(model) {
  let gesture = newGesture();
  return {
    start: () => { gesture = newGesture(); },
    send: (name, value) => {
      model.set("changes", { ...model.get("changes"), [name]: [value, gesture] });
      model.save_changes();
    },
    forget: (name) => {
      const { [name]: over, ...others } = model.get("refused");
      if (over === undefined) return;
      model.set("refused", others);
      model.save_changes();
    },
  };
}
