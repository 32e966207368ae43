/** The model of bits in plain numbers: the answer that assembly/flag-model.ts is held to (FORMAT §6.4.4). */
import { rateTable, squashTable, stretchTable } from '../tables.ts';
import type { Coder } from './coder.ts';
import { placeHash } from './hash.ts';

const stretches = stretchTable();
const squashes = squashTable();
const rates = rateTable();
const f = Math.fround;

/** How fast weights learn. */
const learning = f(2e-7);
/** What is always there. */
const bias = f(0.3);
const refineSteps = 32;

export interface FlagModel {
  /** Sets the context `index` to a hash. */
  set(index: number, hash: number): void;
  /** Codes a bit in the contexts that were set, with the weights of `set`. */
  flag(set: number, bit: number): number;
}

/** `contexts` is 4 or 8, `bits` log2 of the counters. */
export function createFlagModel(coder: Coder, contexts: number, sets: number, bits: number): FlagModel {
  const checks = new Uint16Array(1 << bits);
  const counters = new Uint16Array(1 << bits);
  const weights = new Float32Array(sets * (contexts + 1)).fill(f(f(1.2) / contexts));
  const hashes = new Uint32Array(contexts);
  const selected = new Uint32Array(contexts);
  // The last one is always there.
  const inputs = new Float32Array(contexts + 1).fill(bias);
  const refinements = Uint16Array.from(
    { length: sets * refineSteps },
    (_, j) => squashes[(j % refineSteps) * 128 + 64] ?? 0,
  );

  /** What each counter was when it was looked at; one that belonged to another context starts anew. */
  const selectCounters = (): number[] =>
    Array.from(hashes, (hash, i) => {
      const h = placeHash(hash, i);
      const place = h >>> (32 - bits);
      const check = (h & 0xffff) | 1;
      selected[i] = place;
      if (checks[place] !== check) counters[place] = 0x8000;
      checks[place] = check;
      return counters[place] ?? 0;
    });

  /** Lanes as the kernel has them: contexts k and 4 + k go to sum k. */
  function dotProduct(w: number): number {
    const product = (k: number): number => f((inputs[k] ?? 0) * (weights[w + k] ?? 0));
    const lanes = [0, 1, 2, 3].map((k) => (contexts === 8 ? f(product(k) + product(4 + k)) : product(k)));
    const [a = 0, b = 0, c = 0, d = 0] = lanes;
    return f(f(f(a + b) + f(c + d)) + product(contexts));
  }

  return {
    set(index, hash) {
      hashes[index] = hash;
    },
    flag(set, given) {
      const w = set * (contexts + 1);
      const before = selectCounters();
      before.forEach((s, i) => (inputs[i] = stretches[((s & 15) << 8) | (s >>> 8)] ?? 0));
      const dot = dotProduct(w);
      const place = Math.min(4079, Math.max(16, Math.trunc(f(f(dot * 170) + 2048))));
      const mixed = squashes[place] ?? 0;
      const refined = set * refineSteps + (place >> 7);
      const known = refinements[refined] ?? 0;
      const bit = coder.bit(given, Math.max(16, Math.min(65_520, (mixed + known + 1) >> 1)));
      refinements[refined] = known + (((bit === 1 ? 65_535 : 0) - known) >> 6);
      const error = f(f(bit * 65_536 - mixed) * learning);
      inputs.forEach((input, k) => (weights[w + k] = f((weights[w + k] ?? 0) + f(error * input))));
      before.forEach((s, i) => {
        const uses = s & 15;
        const q = s >>> 4;
        const moved = q + ((((bit === 1 ? 4095 : 0) - q) * 128 * (rates[uses] ?? 0) + 16_384) >> 15);
        counters[selected[i] ?? 0] = (moved << 4) | Math.min(uses + 1, 15);
      });
      return bit;
    },
  };
}
