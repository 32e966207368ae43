/** The stream of covers: the answer that assembly/covers.ts is held to (FORMAT §6.4.5). */
import { type Records, recordList } from '../records.ts';
import { createByteModel } from './byte-model.ts';
import { type Coder, createCoder } from './coder.ts';
import { mix } from './hash.ts';
import { codeNumber } from './numbers.ts';

const [onward, adjacent, later, earlier, recent, recents] = [0, 1, 2, 3, 4, 16];

interface Cover {
  readonly source: number;
  readonly place: number;
  readonly length: number;
}

export function writeCovers(records: Records): Uint8Array | null {
  const coder = createCoder(null);
  const code = coverCoder(coder);
  for (let i = 0; i < records.count; i++) {
    code({ source: records.source(i), place: records.place(i), length: records.length(i) });
  }
  return coder.finish();
}

/** Null for a stream that is damaged. */
export function readCovers(
  stream: Uint8Array,
  count: number,
  size: number,
  reference: number,
): Uint8Array | null {
  const coder = createCoder(stream);
  const code = coverCoder(coder);
  const list = recordList(count);
  for (let i = 0; i < count; i++) {
    const cover = code(null);
    if (!cover || coder.isLost()) return null;
    const { source, place, length } = cover;
    if (place + length > size) return null;
    if (source < reference ? source + length > reference : source + length - reference > place) return null;
    list.add(source, place, length);
  }
  return coder.finish() && list.bytes();
}

/** Gives each cover that was coded; null where there can be none. */
function coverCoder(coder: Coder): (cover: Cover | null) => Cover | null {
  const model = createByteModel(coder, 8, 4, 15);
  const shifts = Array.from({ length: recents }, () => 0);
  let [place, source, kind1, kind2, length1, length2, hole1, hole2] = [0, 0, 0, 0, 0, 0, 0, 0];

  function see(field: number, a: number, b: number, c: number, d: number): void {
    [a, b, c, d].forEach((value, index) => model.set(index, mix(field * 10 + index + 1, value)));
    model.set(6, mix(field * 10 + 7, 0));
    model.set(7, mix(field * 10 + 8, (kind1 << 16) | (hole1 << 8) | length1));
  }

  function kindOf(from: number, expected: number, shift: number): number {
    if (from === expected) return onward;
    if (from === source) return adjacent;
    const known = shifts.indexOf(shift);
    if (known >= 0) return recent + known;
    return from > expected ? later : earlier;
  }

  return (cover) => {
    see(
      1,
      (length1 << 8) | kind1,
      (hole1 << 8) | kind1,
      (length1 << 16) | (hole1 << 8) | kind1,
      (kind1 << 8) | kind2,
    );
    model.set(4, mix(15, (hole1 << 16) | (hole2 << 8) | kind1));
    model.set(5, mix(16, (length1 << 16) | (length2 << 8) | kind1));
    const { value: hole, kind: holeClass } = codeNumber(coder, model, 0, cover ? cover.place - place : 0);
    const expected = source + hole;
    const to = place + hole;

    see(2, (holeClass << 8) | kind1, (holeClass << 8) | length1, (kind1 << 8) | kind2, holeClass);
    model.set(4, mix(25, (holeClass << 16) | (kind1 << 8) | kind2));
    model.set(5, mix(26, (length1 << 8) | kind1));
    const kind = model.byte(1, cover ? kindOf(cover.source, expected, cover.source - to) : 0);
    let from = expected;
    if (kind === adjacent) from = source;
    else if (kind >= recent) {
      if (kind >= recent + recents) return null;
      from = (shifts[kind - recent] ?? 0) + to;
    } else if (kind !== onward) {
      see(3, kind, (kind1 << 8) | kind, (holeClass << 8) | kind, (length1 << 8) | kind);
      model.set(4, mix(35, (holeClass << 16) | (length1 << 8) | kind));
      model.set(5, 0);
      const { value } = codeNumber(coder, model, 2, cover ? Math.abs(cover.source - expected) : 0);
      from = kind === later ? expected + value : expected - value;
    }
    if (from < 0) return null;
    const known = shifts.indexOf(from - to);
    shifts.splice(known < 0 ? recents - 1 : known, 1);
    shifts.unshift(from - to);

    see(4, (kind << 8) | length1, (kind << 8) | holeClass, (kind1 << 8) | kind, kind);
    model.set(4, mix(45, (length1 << 16) | (length2 << 8) | kind));
    model.set(5, mix(46, (holeClass << 16) | (length1 << 8) | kind));
    const { value: length, kind: lengthClass } = codeNumber(coder, model, 3, cover?.length ?? 0);
    if (length === 0 || to + length > 0x7fffffff) return null;
    [length2, length1] = [length1, lengthClass];
    [kind2, kind1] = [kind1, kind];
    [hole2, hole1] = [hole1, holeClass];
    place = to + length;
    source = from + length;
    return { source: from, place: to, length };
  };
}
