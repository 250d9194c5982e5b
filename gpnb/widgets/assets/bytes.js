// @ts-check
// Numbers as Python sends them.

/**
 * Numbers of four bytes.
 * @param {DataView | undefined} view
 */
export function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/**
 * Bytes.
 * @param {DataView | undefined} view
 */
export function octets(view) {
  return view && view.byteLength ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(0);
}
