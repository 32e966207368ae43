/** The model of bytes in plain numbers: the answer that assembly/byte-model.ts is held to (FORMAT §6.4.4). */
import { gainTable, lossTable, mostUses, trustTable } from '../tables.ts';
import type { Coder } from './coder.ts';
import { placeHash } from './hash.ts';

const trusts = trustTable();
const losses = lossTable();
const gains = gainTable();
const f = Math.fround;

const mostWeight = 2 ** 18 - 1;
const lowest = -18_432;
const certain = 64_000;
const firstRate = 480 << 12;
const lastRate = 80 << 12;

export interface ByteModel {
  /** Sets the context `index` to a hash. */
  set(index: number, hash: number): void;
  /** Codes a byte in the contexts that were set, with the weights of `set`. */
  byte(set: number, byte: number): number;
}

interface Line {
  check: number;
  uses: number;
  values: number[];
}

const clamp = (x: number, most: number): number => Math.max(-most, Math.min(most, x));
const short = (x: number): number => Math.max(-32_768, Math.min(32_767, x));

/** A power of two by its logarithm in 1/256, straight between whole ones. */
const power = (logarithm: number): number => 2 ** (logarithm >> 8) * (1 + (logarithm & 255) / 256);

/** `contexts` is 8 or 12, `bits` log2 of the lines. */
export function createByteModel(coder: Coder, contexts: number, sets: number, bits: number): ByteModel {
  const newLine = (check: number): Line => ({ check, uses: 0, values: Array.from({ length: 16 }, () => 0) });
  const pairs = new Map<number, [Line, Line]>();
  const weights = new Int32Array(sets * 2 * contexts).fill(Math.floor(90_000 / contexts));
  const hashes = new Uint32Array(contexts);
  let places: number[] = [];
  let selected: Line[] = [];
  let rate = firstRate;

  /** The line of a context in a pair; where it is in none, the one that was used less is taken. */
  function lineOf(index: number, check: number): Line {
    const pair = pairs.get(index) ?? [newLine(0), newLine(0)];
    pairs.set(index, pair);
    const known = pair.find((line) => line.check === check);
    if (known) return known;
    const [first, second] = pair;
    const [taken, other] = second.uses < first.uses ? [second, first] : [first, second];
    other.uses = Math.max(0, other.uses - 1);
    return Object.assign(taken, newLine(check));
  }

  // Taken by a context, a line may be taken again by a later one: then both have it.
  function selectUpper(): void {
    places = Array.from(hashes, placeHash);
    selected = places.map((h) => lineOf(h >>> (33 - bits), h & 0xfff));
  }

  function selectLower(upper: number): void {
    selected = places.map((h) => {
      const g = Math.imul(h ^ Math.imul(upper + 1, 0x9e3779b1), 0x2c1b3c6d);
      return lineOf(((h >>> (33 - bits)) & ~63) | (g >>> 26), (g >>> 8) & 0xfff);
    });
  }

  function sharesOf(given: readonly number[]): number[] {
    const sums = Array.from({ length: 16 }, () => 0);
    selected.forEach(({ values }, i) => {
      const weight = given[i] ?? 0;
      values.forEach((value, s) => {
        sums[s] = short((sums[s] ?? 0) + ((value * weight + 16_384) >> 15));
      });
    });
    const powers = sums.map((sum) => power(clamp(sum, 7680)));
    const at = (s: number): number => powers[s] ?? 0;
    const lanes = [0, 1, 2, 3].map((k) => f(f(at(k) + at(4 + k)) + f(at(8 + k) + at(12 + k))));
    const [a = 0, b = 0, c = 0, d = 0] = lanes;
    const scale = f(65_280 / f(f(a + c) + f(b + d)));
    return powers.map((p) => f(f(p * scale) + 2 ** 23) - 2 ** 23 + 8);
  }

  function half(w: number, given: number): number {
    const trust = selected.map(({ uses }) => trusts[uses] ?? 0);
    const shares = sharesOf(trust.map((t, i) => ((weights[w + i] ?? 0) * t) >> 16));
    const symbol = coder.symbol(given, shares);
    if ((shares[symbol] ?? 0) < certain) {
      selected.forEach(({ values }, i) => {
        const expected = values.reduce((sum, value, s) => sum + ((shares[s] ?? 0) >> 1) * value, 0);
        const better = ((values[symbol] ?? 0) * 32_768 - expected) >> 12;
        const step = (((better * (trust[i] ?? 0)) >> 10) * (rate >> 12) + 32_768) >> 16;
        weights[w + i] = clamp((weights[w + i] ?? 0) + step, mostWeight);
      });
    }
    for (const line of selected) {
      const { values, uses } = line;
      line.values = values.map((value) => Math.max(lowest, value + (losses[uses] ?? 0)));
      line.values[symbol] = gains[(uses << 9) + (((values[symbol] ?? 0) + 24_576) >> 6)] ?? 0;
      line.uses = Math.min(mostUses, uses + 1);
    }
    rate -= (rate - lastRate) >> 11;
    return symbol;
  }

  return {
    set(index, hash) {
      hashes[index] = hash;
    },
    byte(set, byte) {
      const w = set * 2 * contexts;
      selectUpper();
      const upper = half(w, byte >> 4);
      selectLower(upper);
      return upper * 16 + half(w + contexts, byte & 15);
    },
  };
}
