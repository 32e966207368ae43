/** The mixing model in plain numbers: the answer that assembly/model.ts is held to (FORMAT §6.4.4). */
import { rateTable, squashTable, stretchTable } from '../tables.ts';
import type { Coder } from './coder.ts';

const stretches = stretchTable();
const squashes = squashTable();
const rates = rateTable();
const f = Math.fround;

const refineSteps = 32;
const refineNumbers = 272;

export interface Model {
  /** Sets the context `index` to a hash. */
  set(index: number, hash: number): void;
  /** Codes a byte in the contexts that were set, with the weights of `set`. */
  byte(set: number, byte: number): number;
  /** Codes a single bit. */
  flag(set: number, bit: number): number;
}

/** A hash of two numbers. */
export function mix(a: number, b: number): number {
  let x = Math.imul(a + 0x9e3779b9, 0x85ebca77) ^ Math.imul(b + 0x165667b1, 0xc2b2ae3d);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 13)) >>> 0;
}

/** `contexts` are 8 or 16, `bits` is log2 of the lines. */
export function createModel(coder: Coder, contexts: number, sets: number, bits: number, rate: number): Model {
  const learning = f(rate);
  const lines = new Uint16Array(16 << bits);
  const weights = new Float32Array(sets * (contexts + 1)).fill(f(f(1.2) / contexts));
  const hashes = new Uint32Array(contexts);
  const selected = new Uint32Array(contexts);
  const inputs = new Float32Array(contexts + 1);
  inputs[0] = 0.3;
  const refinements = new Uint16Array(refineNumbers * refineSteps);
  for (let j = 0; j < refinements.length; j++) {
    refinements[j] = squashes[(j % refineSteps) * 128 + 64] ?? 0;
  }

  function selectLines(salt: number): void {
    for (let i = 0; i < contexts; i++) {
      let h =
        Math.imul((hashes[i] ?? 0) + Math.imul(salt, 0x9e3779b1), 0x85ebca77) + Math.imul(i, 0x27d4eb2f);
      h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
      h ^= h >>> 13;
      const line = (h >>> (32 - bits)) * 16;
      const check = (h & 0xffff) | 1;
      selected[i] = line;
      if (lines[line] === check) continue;
      lines.fill(0x8000, line, line + 16);
      lines[line] = check;
    }
  }

  /** Lanes as the kernel has them: context 8g + k and 8g + 4 + k go to sum k. */
  function dotProduct(w: number): number {
    const sums = [f((inputs[0] ?? 0) * (weights[w] ?? 0)), 0, 0, 0];
    for (let i = 0; i < contexts; i += 8) {
      for (let k = 0; k < 4; k++) {
        const [a, b] = [1 + i + k, 5 + i + k];
        const one = f((inputs[a] ?? 0) * (weights[w + a] ?? 0));
        const other = f((inputs[b] ?? 0) * (weights[w + b] ?? 0));
        sums[k] = f((sums[k] ?? 0) + f(one + other));
      }
    }
    const [a = 0, b = 0, c = 0, d = 0] = sums;
    return f(f(a + b) + f(c + d));
  }

  function step(node: number, set: number, refinement: number, given: number): number {
    const w = set * (contexts + 1);
    const counters = Array.from(selected, (line) => lines[line + node] ?? 0);
    counters.forEach((s, i) => (inputs[1 + i] = stretches[((s & 15) << 8) | (s >>> 8)] ?? 0));
    const dot = dotProduct(w);
    const place = Math.min(4079, Math.max(16, Math.trunc(f(f(dot * 170) + 2048))));
    const mixed = squashes[place] ?? 0;
    const refined = refinement * refineSteps + (place >> 7);
    const known = refinements[refined] ?? 0;
    const bit = coder.bit(given, Math.max(16, Math.min(65_520, (mixed + known + 1) >> 1)));
    refinements[refined] = known + (((bit === 1 ? 65_535 : 0) - known) >> 6);
    const error = f(f(bit * 65_536 - mixed) * learning);
    inputs.forEach((input, k) => (weights[w + k] = f((weights[w + k] ?? 0) + f(error * input))));
    counters.forEach((s, i) => {
      const uses = s & 15;
      const q = s >>> 4;
      const moved = q + ((((bit === 1 ? 4095 : 0) - q) * 128 * (rates[uses] ?? 0) + 16_384) >> 15);
      lines[(selected[i] ?? 0) + node] = (moved << 4) | Math.min(uses + 1, 15);
    });
    return bit;
  }

  return {
    set(index, hash) {
      hashes[index] = hash;
    },
    byte(set, byte) {
      selectLines(0);
      let node = 1;
      for (let b = 7; b >= 4; b--) node = node * 2 + step(node, set, node, (byte >> b) & 1);
      const upper = node & 15;
      selectLines(upper + 1);
      node = 1;
      for (let b = 3; b >= 0; b--) node = node * 2 + step(node, set, 16 + upper * 16 + node, (byte >> b) & 1);
      return upper * 16 + (node & 15);
    },
    flag(set, bit) {
      selectLines(0);
      return step(1, set, set, bit);
    },
  };
}
