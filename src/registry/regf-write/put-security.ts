/** Security cells: one for each different descriptor, in a ring, with the number of keys that have it. */
import type { Cells } from './cells.ts';
import type { SecurityPlan } from './security-table.ts';

const keySecurity = 0x6b73; // 'sk'

export function putSecurity(cells: Cells, security: SecurityPlan): void {
  security.at = cells.open(20 + security.descriptor.length);
  cells.u16(keySecurity); //                  0 - Signature
  cells.u16(0); //                            2 - Reserved
  cells.u32(security.next.at); //             4 - Flink
  cells.u32(security.previous.at); //         8 - Blink
  cells.u32(security.users); //              12 - Reference count
  cells.u32(security.descriptor.length); //  16 - Security descriptor size
  cells.bytes(security.descriptor); //       20 - Security descriptor
}
