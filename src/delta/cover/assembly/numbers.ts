/** Numbers: how large they are is modelled as a byte, the bits behind the third are as they are (FORMAT §6.4.5). */
import { ByteModel, codeByte } from './byte-model';
import { codeBit, writing } from './coder';

/** The class of the number that was coded last. */
export let lastClass: i32 = 0;

/** 0 to 7 are their own class; above, four classes for each number of bits. */
function classOf(value: i64): i32 {
  if (value < 8) return <i32>value;
  const bits = 63 - <i32>clz(value);
  return 8 + (bits - 3) * 4 + (<i32>(value >> (bits - 2)) & 3);
}

/** Codes a number from 0 to 2^53 - 1 in the contexts that were set; a damaged stream may give any number below 2^63. */
export function codeNumber(model: ByteModel, set: i32, value: i64): i64 {
  const c = min(codeByte(model, set, writing ? classOf(value) : 0), 211);
  lastClass = c;
  if (c < 8) return c;
  const bits = 3 + ((c - 8) >> 2);
  let result: i64 = 4 | ((c - 8) & 3);
  for (let b = bits - 3; b >= 0; b--) result = (result << 1) | codeBit(<i32>(value >> b) & 1, 32768);
  return result;
}
