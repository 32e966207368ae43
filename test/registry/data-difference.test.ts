import { expect } from 'chai';
import fc from 'fast-check';
import { digestOf } from '../../src/bytes.ts';
import { applyDelta } from '../../src/registry/delta/apply-delta.ts';
import {
  applyDifference,
  checkDifference,
  createDifference,
  type DataDifference,
  largeData,
} from '../../src/registry/delta/data-difference.ts';
import { decodeDelta } from '../../src/registry/delta/decode-delta.ts';
import { countDelta, type RegistryDelta } from '../../src/registry/delta/delta.ts';
import { createByteWriter } from '../../src/registry/delta/delta-bytes.ts';
import { diffHives } from '../../src/registry/delta/diff.ts';
import { encodeDelta } from '../../src/registry/delta/encode-delta.ts';
import { formatDelta } from '../../src/registry/delta/format-delta.ts';
import type { RegistryKey } from '../../src/registry/hive.ts';
import { equalKeys } from '../../src/registry/key.ts';
import { keyOf } from './arbitrary.ts';
import { refusal, survives } from './expect-error.ts';

/** Repeats nowhere, and is the same for the same seed. */
function noise(size: number, seed = 1): Uint8Array {
  const data = new Uint8Array(size);
  let state = (seed * 2654435761) >>> 0;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = state >>> 24;
  }
  return data;
}

const hiveOf = (...data: Uint8Array[]): RegistryKey =>
  keyOf(
    '',
    'key',
    data.map((one, at) => ({ name: `v${at}`, type: 3, data: one })),
    [],
  );

/** Large data, and the same after a few edits. */
const edited = fc
  .tuple(
    fc.integer({ min: largeData + 1, max: 9000 }),
    fc.boolean(),
    fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 40 })), { maxLength: 6 }),
  )
  .map(([size, flat, edits]) => {
    const before = flat ? new Uint8Array(size) : noise(size, edits.length);
    let after = Buffer.from(before);
    for (const [place, cut, put] of edits) {
      const at = place % (after.length + 1);
      after = Buffer.concat([after.subarray(0, at), put, after.subarray(at + cut)]);
    }
    return [before, new Uint8Array(after)] as const;
  });

describe('the difference of large data', () => {
  it('law: it makes the data after of the data before, and only where it is smaller', () => {
    let made = 0;
    fc.assert(
      fc.property(edited, ([before, after]) => {
        const difference = createDifference(before, after);
        if (difference === null) return;
        made++;
        checkDifference(difference);
        expect(difference.steps.length).to.be.below(after.length);
        expect(applyDifference(before, difference)).to.deep.equal(after);
        expect(applyDifference(Uint8Array.of(...before, 0), difference)).to.equal(null);
        expect(createDifference(before, after)).to.deep.equal(difference);
      }),
      { numRuns: 100 },
    );
    expect(made).to.be.above(50);
  });

  it('is small for small edits, whatever the data is', () => {
    const before = noise(1 << 20);
    const inserted = Buffer.concat([before.subarray(0, 5000), Buffer.from('new'), before.subarray(5000)]);
    expect(createDifference(before, inserted)?.steps.length).to.be.below(64);
    const zeros = new Uint8Array(1 << 20);
    const dotted = zeros.slice();
    for (let at = 7; at < dotted.length; at += 1 << 16) dotted[at] = 1;
    expect(createDifference(zeros, dotted)?.steps.length).to.be.below(256);
  });

  it('is none for data that is small or has nothing in common', () => {
    expect(createDifference(noise(largeData), noise(largeData + 1))).to.equal(null);
    expect(createDifference(noise(largeData + 1), noise(largeData))).to.equal(null);
    expect(createDifference(noise(9000, 1), noise(9000, 2))).to.equal(null);
  });

  it('needs linear time for hostile data', () => {
    const sawtooth = Uint8Array.from({ length: 1 << 21 }, (_, at) => at % 17);
    const start = performance.now();
    createDifference(new Uint8Array(1 << 21), sawtooth);
    createDifference(sawtooth, new Uint8Array(1 << 21));
    expect(performance.now() - start).to.be.below(2000);
  });

  const steps = (...numbers: number[]): Uint8Array => {
    const writer = createByteWriter();
    for (const number of numbers) writer.number(number);
    return writer.bytes();
  };
  const wrong: [string, Uint8Array][] = [
    ['no step', steps()],
    ['an empty insertion', steps(0, 21, 0)],
    ['an empty copy', steps(1, 0, 21, 0)],
    ['two insertions in a row', steps(2, 9, 2, 9, 17, 0)],
    ['a copy from before the data', steps(21, 1)],
    ['a copy from behind the data', steps(21, 2)],
    ['a copy of more than there is', steps(23, 0)],
    ['a step over the end', steps(2, 9, 21, 0)],
    ['a cut insertion', steps(20, 9)],
    ['bytes behind the last step', steps(21, 0, 1)],
  ];
  for (const [what, bad] of wrong) {
    it(`refuses ${what}`, () => {
      const before = { size: 10, digest: digestOf(new Uint8Array(10)) };
      refusal(() => checkDifference({ before, size: 10, steps: bad }), 'E_FORMAT');
    });
  }
});

describe('a registry delta of large values', () => {
  const old = noise(9000);
  const now = Uint8Array.of(1, 2, 3, ...old.subarray(100));
  const before = hiveOf(old, noise(5000), noise(100));
  const after = hiveOf(now, noise(5000, 2), noise(101));
  const delta = diffHives(before, after);
  const decoded = decodeDelta(encodeDelta(delta));

  it('has a difference only where that is smaller', () => {
    expect(decoded.records.map(({ op }) => op)).to.deep.equal([
      'patch-value',
      'change-value',
      'change-value',
    ]);
    expect(encodeDelta(delta).length).to.be.below(5400);
    expect(equalKeys(applyDelta(before, delta), after)).to.equal(true);
    expect(equalKeys(applyDelta(before, decoded), after)).to.equal(true);
    expect(encodeDelta(decoded)).to.deep.equal(encodeDelta(delta));
    expect(countDelta(decoded)).to.deep.equal(countDelta(delta));
    expect(formatDelta(decoded, 'user')).to.include('"v0"=hex:… ; changed: 8903 bytes, was 9000 bytes\n');
  });

  it('refuses a base with other data', () => {
    const error = refusal(() => applyDelta(hiveOf(now, old, old), decoded), 'E_BASE_MISMATCH');
    expect(error.message).to.match(/the value "v0" has other data/);
  });

  const patch = (difference: DataDifference): RegistryDelta => ({
    records: [{ op: 'patch-value', path: [], name: 'v', type: 3, difference }],
  });
  const sized = (from: number, to: number): DataDifference => ({
    before: { size: from, digest: digestOf(new Uint8Array(from)) },
    size: to,
    steps: Uint8Array.of(1),
  });

  it('refuses differences of small data, and larger than the data', () => {
    refusal(() => encodeDelta(patch(sized(largeData, 9000))), 'E_FORMAT');
    refusal(() => encodeDelta(patch(sized(9000, largeData))), 'E_FORMAT');
    refusal(() => encodeDelta(patch({ ...sized(9000, 9000), steps: new Uint8Array(9000) })), 'E_FORMAT');
  });

  it('counts what short differences stand for', () => {
    const encoded = encodeDelta(delta);
    refusal(() => decodeDelta(encoded, { valueData: 8902 }), 'E_LIMIT');
    refusal(() => decodeDelta(encoded, { size: 8902 }), 'E_LIMIT');
    decodeDelta(encoded, { size: 8903, valueData: 8903 });
  });

  it('fuzz: a damaged delta is decoded or refused', () => {
    const encoded = encodeDelta(diffHives(hiveOf(old), hiveOf(now)));
    fc.assert(
      fc.property(fc.nat(encoded.length - 1), fc.nat(255), (at, byte) => {
        const damaged = encoded.slice();
        damaged[at] = byte;
        survives(() => {
          const read = decodeDelta(damaged);
          expect(encodeDelta(read)).to.deep.equal(damaged);
        });
      }),
      { numRuns: 500 },
    );
  });
});
