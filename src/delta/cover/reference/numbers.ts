/** Modelled numbers: the answer that assembly/numbers.ts is held to (FORMAT §6.4.5). */
import type { ByteModel } from './byte-model.ts';
import type { Coder } from './coder.ts';

export interface Coded {
  readonly value: number;
  /** How large it is. */
  readonly kind: number;
}

const bitOf = (value: number, bit: number): number => Math.floor(value / 2 ** bit) % 2;

function classOf(value: number): number {
  if (value < 8) return value;
  let bits = 3;
  while (value >= 2 ** (bits + 1)) bits++;
  return 8 + (bits - 3) * 4 + 2 * bitOf(value, bits - 1) + bitOf(value, bits - 2);
}

/** Codes a number from 0 to 2^53 − 1 in the contexts that were set. */
export function codeNumber(coder: Coder, model: ByteModel, set: number, value: number): Coded {
  const kind = Math.min(model.byte(set, coder.writing ? classOf(value) : 0), 211);
  if (kind < 8) return { value: kind, kind };
  const bits = 3 + ((kind - 8) >> 2);
  let result = 4 + ((kind - 8) & 3);
  for (let b = bits - 3; b >= 0; b--) result = result * 2 + coder.bit(bitOf(value, b), 32_768);
  return { value: result, kind };
}
