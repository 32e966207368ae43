/** Covers as the kernels have them (assembly/records.ts): 16 bytes each. */

export const recordSize = 16;

export interface Records {
  readonly count: number;
  /**
   * Where it comes from: a place in the reference, or, from the reference's size on, a place in the block, counted from
   * there. In bytes, as are all.
   */
  source(index: number): number;
  /** Where it goes in the block. */
  place(index: number): number;
  length(index: number): number;
}

export function recordsOf(bytes: Uint8Array): Records {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    count: bytes.length / recordSize,
    source: (index) => view.getFloat64(index * recordSize, true),
    place: (index) => view.getUint32(index * recordSize + 8, true),
    length: (index) => view.getUint32(index * recordSize + 12, true),
  };
}

/** A list of records that grows. */
export interface RecordList {
  add(source: number, place: number, length: number): void;
  /** All records; the list can still grow. */
  bytes(): Uint8Array;
}

export function recordList(expected: number): RecordList {
  let bytes = new Uint8Array(Math.max(64, expected) * recordSize);
  let view = new DataView(bytes.buffer);
  let at = 0;
  return {
    add(source, place, length) {
      if (at === bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
        view = new DataView(bytes.buffer);
      }
      view.setFloat64(at, source, true);
      view.setUint32(at + 8, place, true);
      view.setUint32(at + 12, length, true);
      at += recordSize;
    },
    bytes: () => bytes.subarray(0, at),
  };
}
