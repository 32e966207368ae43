/** Makes code alike that differs in its operands only, for whoever looks for code that is alike. */
import { operandBehind } from './addresses';

/** Operands that lead nearer than this are as good as constants. */
const least: i32 = 256;

/** How many bytes are done in one call (seeds.ts says why). */
const run: i32 = 65536;

/** Puts zeros in place of the operands of x86 code that lead no further than `most` bytes away. Two zeros stand before `bytes`. */
export function blankOperands(bytes: usize, size: i32, most: i32): void {
  for (let i: i32 = 0; i + 4 <= size; ) i = blankRun(bytes, i, min(i + run, size - 3), most);
}

/** From `i` to `end`; gives where it goes on. */
function blankRun(bytes: usize, i: i32, end: i32, most: i32): i32 {
  let b: u32 = load<u8>(bytes + i - 2);
  let a: u32 = load<u8>(bytes + i - 1);
  while (i < end) {
    if (operandBehind(b, a) >= 0) {
      const distance = abs(load<i32>(bytes + i));
      if (distance >= least && distance < most) {
        store<u32>(bytes + i, 0);
        b = a = 0;
        i += 4;
        continue;
      }
    }
    b = a;
    a = load<u8>(bytes + i);
    i++;
  }
  return i;
}
