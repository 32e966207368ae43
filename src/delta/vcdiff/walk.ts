/** Reads the instructions of a window in order (RFC 3284 §5.4). */
import { AddressCache } from './address-cache.ts';
import { add, copy, defaultCodeTable as table, noop } from './code-table.ts';
import { Cursor } from './cursor.ts';
import { malformed } from './malformed.ts';
import { type Sections } from './sections.ts';

/** Called for each instruction: `size` bytes from `to` in the target window, all within bounds. */
export interface Visitor {
  /** From `data` in the data section. */
  add(to: number, size: number, data: number): void;
  /** The one byte at `data`, repeated. */
  run(to: number, size: number, data: number): void;
  /** From `address` in the segment followed by the target window; it begins before `to`, and may reach beyond. */
  copy(to: number, size: number, address: number): void;
}

/**
 * Walks over all instructions. E_FORMAT unless they fill the target window exactly, and use up each section
 * exactly.
 */
export function walk(
  sections: Sections,
  segmentLength: number,
  targetLength: number,
  visitor: Visitor,
): void {
  const instructions = new Cursor(sections.instructions);
  const addresses = new Cursor(sections.addresses);
  const cache = new AddressCache();
  const dataLength = sections.data.length;
  let to = 0;
  let data = 0;

  const visit = (type: number, tableSize: number, mode: number): void => {
    const size = tableSize === 0 ? instructions.varint() : tableSize;
    if (size > targetLength - to) throw malformed('the instructions of a window give too many bytes');
    if (type === copy) {
      visitor.copy(to, size, cache.decode(mode, segmentLength + to, addresses));
    } else {
      const used = type === add ? size : 1;
      if (used > dataLength - data) throw malformed('the instructions of a window use too much data');
      if (type === add) visitor.add(to, size, data);
      else visitor.run(to, size, data);
      data += used;
    }
    to += size;
  };

  while (!instructions.isAtEnd) {
    const code = instructions.byte();
    visit(table.type1[code] ?? noop, table.size1[code] ?? 0, table.mode1[code] ?? 0);
    const second = table.type2[code] ?? noop;
    if (second !== noop) visit(second, table.size2[code] ?? 0, table.mode2[code] ?? 0);
  }
  if (to !== targetLength) throw malformed('the instructions of a window give too few bytes');
  if (data !== dataLength || !addresses.isAtEnd)
    throw malformed('a window has data that no instruction uses');
}
