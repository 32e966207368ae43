/** Sizes in bytes. They decide the bytes of a delta: another value is another version of the codec. */

/** How much of the target is coded at a time. */
export const windowLength = 1 << 18;

/** How much of the reference a window is coded against: with a window it stays far below the WASM heap's limit. */
export const segmentLength = 1 << 20;

/** A window is not cut into parts below this. */
export const smallestPart = 1 << 12;

/** Copied windows are joined up to this; a decoder holds so much at once. The same as native xdelta3's windows. */
export const largestCopy = 1 << 23;

/** How much of the reference is taken on either side of what is known to be needed. */
export const margin = 1 << 16;
