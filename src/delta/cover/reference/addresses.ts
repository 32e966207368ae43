/** Addresses that move together: the answer that assembly/addresses.ts is held to (FORMAT §6.4.6). */

/** What kind of operand begins behind these two bytes. */
export function operandBehind(b: number, a: number): number {
  if ((a & 0xfe) === 0xe8 || ((a & 0xf0) === 0x80 && b === 0x0f)) return branch;
  return (a & 0xc7) === 0x05 ? relative : -1;
}

const [branch, relative, word] = [0, 1, 2];
const [unknown, near, same] = [0, 1, 2];
const tableBits = 15;
const nearBits = 10;
const least = 4096;
export const unmarked = 36;

/** Entries by the hash of their key; a later key takes the place of an earlier one. */
interface Table {
  get(key: number): number | undefined;
  set(key: number, moved: number): void;
}

function createTable(): Table {
  const entries: ({ key: number; moved: number } | undefined)[] = [];
  const place = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - tableBits);
  return {
    get(key) {
      const entry = entries[place(key)];
      return entry?.key === key ? entry.moved : undefined;
    },
    set(key, moved) {
      entries[place(key)] = { key, moved };
    },
  };
}

export interface Region {
  /** What the bytes should be now. */
  readonly expected: Uint8Array;
  readonly marks: Uint8Array;
  /** Hears of the new bytes, when all are known. */
  learn(now: Uint8Array): void;
}

/**
 * Gives what is to be expected of regions, one after another: the old bytes behind the two before them, where they come
 * from and where they stand.
 */
export function createAddresses(
  reference: number,
): (context: Uint8Array, source: number, place: number) => Region {
  const tables = [0, 1].map(() => ({ exact: createTable(), around: createTable() }));

  return (context, source, place) => {
    const old = context.slice(2);
    const wordIn = (bytes: Uint8Array, j: number): number =>
      new DataView(bytes.buffer, bytes.byteOffset).getInt32(j, true);
    const expected = Uint8Array.from(old);
    const marks = new Uint8Array(old.length).fill(unmarked);
    const found: { j: number; kind: number; address: number; knowledge: number; still: number }[] = [];

    function move(j: number, kind: number, address: number, still: number): void {
      const table = tables[kind === word ? 1 : 0];
      const exact = table?.exact.get(address);
      const around = table?.around.get(address >>> nearBits);
      const moved = exact ?? around ?? still;
      const knowledge = exact !== undefined ? same : around !== undefined ? near : unknown;
      new DataView(expected.buffer).setInt32(j, wordIn(old, j) + moved - still, true);
      for (let k = 0; k < 4; k++) marks[j + k] = (kind * 3 + knowledge) * 4 + k;
      found.push({ j, kind, address, knowledge, still });
    }

    for (let j = 0; j + 4 <= old.length; j++) {
      const kind = operandBehind(context[j] ?? 0, context[j + 1] ?? 0);
      const to = source + j + 4 + wordIn(old, j);
      if (kind >= 0 && to >= least && to < 2 * reference) {
        move(j, kind, to >>> 0, (place - source) | 0);
        j += 3;
      } else if ((source + j) % 4 === 0) {
        const address = wordIn(old, j) >>> 0;
        if (address >= least && address < 0xffff0000) move(j, word, address, 0);
      }
    }
    return {
      expected,
      marks,
      learn(now) {
        for (const { j, kind, address, knowledge, still } of found) {
          const moved = (wordIn(now, j) - wordIn(old, j)) | 0;
          if (kind === word && moved === 0 && knowledge === unknown) continue;
          const table = tables[kind === word ? 1 : 0];
          table?.exact.set(address, (moved + still) | 0);
          table?.around.set(address >>> nearBits, (moved + still) | 0);
        }
      },
    };
  };
}
