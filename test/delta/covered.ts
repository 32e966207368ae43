/** Any blocks with their covers. */
import fc from 'fast-check';
import { type Records, recordList, recordsOf } from '../../src/delta/cover/records.ts';

/** Covers of a block, with the bytes of reference and target that they are of; some from within the block. */
export interface Covered {
  readonly reference: Uint8Array;
  readonly target: Uint8Array;
  readonly records: Records;
  readonly bytes: Uint8Array;
}

export const covered: fc.Arbitrary<Covered> = fc
  .record({
    reference: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    rows: fc.array(
      fc.record({
        hole: fc.uint8Array({ maxLength: 8 }),
        length: fc.integer({ min: 1, max: 60 }),
        source: fc.nat(),
        inside: fc.boolean(),
        changes: fc.array(fc.record({ at: fc.nat(60), by: fc.integer({ min: 1, max: 255 }) }), {
          maxLength: 4,
        }),
      }),
      { maxLength: 12 },
    ),
    end: fc.uint8Array({ maxLength: 8 }),
  })
  .map(({ reference, rows, end }) => {
    const list = recordList(rows.length);
    let target = Buffer.alloc(0);
    for (const { hole, length, source, inside, changes } of rows) {
      target = Buffer.concat([target, hole]);
      const from = inside && target.length > 0 ? target : reference;
      const start = source % from.length;
      const run = Buffer.from(from.subarray(start, start + length));
      list.add(from === reference ? start : reference.length + start, target.length, run.length);
      if (from === reference) {
        for (const { at, by } of changes) if (at < run.length) run[at] = ((run[at] ?? 0) + by) & 255;
      }
      target = Buffer.concat([target, run]);
    }
    target = Buffer.concat([target, end]);
    return { reference, target, bytes: list.bytes(), records: recordsOf(list.bytes()) };
  });

/** The block with the old bytes of its covers in their places. */
export function oldBytes({ reference, records, target }: Covered): Uint8Array {
  const old = new Uint8Array(target.length);
  for (let i = 0; i < records.count; i++) {
    const source = records.source(i);
    if (source < reference.length)
      old.set(reference.subarray(source, source + records.length(i)), records.place(i));
  }
  return old;
}
