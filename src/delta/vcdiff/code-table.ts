/** The default code table (RFC 3284 §5.6): what each of the 256 instruction codes means. */

export const noop = 0;
export const add = 1;
export const run = 2;
export const copy = 3;

const addressModes = 9;

/** Entry i: up to two instructions. A size of 0 means that the size follows in the instructions section. */
export interface CodeTable {
  readonly type1: Uint8Array;
  readonly size1: Uint8Array;
  readonly mode1: Uint8Array;
  readonly type2: Uint8Array;
  readonly size2: Uint8Array;
  readonly mode2: Uint8Array;
}

type Entry = readonly [
  type1: number,
  size1: number,
  mode1: number,
  type2: number,
  size2: number,
  mode2: number,
];

function* entries(): Generator<Entry> {
  const modes = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const single = (type: number, size: number, mode: number): Entry => [type, size, mode, noop, 0, 0];

  yield single(run, 0, 0); // line 1: code 0
  for (let size = 0; size <= 17; size += 1) yield single(add, size, 0); // line 2: codes 1 to 18
  for (const mode of modes(0, addressModes - 1)) {
    yield single(copy, 0, mode); // lines 3 to 11: codes 19 to 162
    for (let size = 4; size <= 18; size += 1) yield single(copy, size, mode);
  }
  for (const mode of modes(0, 5)) {
    for (let size = 1; size <= 4; size += 1) {
      for (const copied of [4, 5, 6]) yield [add, size, 0, copy, copied, mode]; // lines 12 to 17: codes 163 to 234
    }
  }
  for (const mode of modes(6, 8)) {
    for (let size = 1; size <= 4; size += 1) yield [add, size, 0, copy, 4, mode]; // lines 18 to 20: to code 246
  }
  for (const mode of modes(0, 8)) yield [copy, 4, mode, add, 1, 0]; // line 21: codes 247 to 255
}

function build(): CodeTable {
  const all = [...entries()];
  const column = (index: 0 | 1 | 2 | 3 | 4 | 5): Uint8Array => Uint8Array.from(all, (entry) => entry[index]);
  return {
    type1: column(0),
    size1: column(1),
    mode1: column(2),
    type2: column(3),
    size2: column(4),
    mode2: column(5),
  };
}

export const defaultCodeTable = build();
