/** Makes code alike that differs in its operands only, for whoever looks for code that is alike. */
import { operandBehind } from './addresses';

/** Operands that lead nearer than this are as good as constants. */
const least: i32 = 256;

/** Puts zeros in place of the operands of x86 code that lead no further than `most` bytes away. */
export function blankOperands(bytes: usize, size: i32, most: i32): void {
  let b: u32 = 0;
  let a: u32 = 0;
  for (let i: i32 = 0; i + 4 <= size; ) {
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
}
