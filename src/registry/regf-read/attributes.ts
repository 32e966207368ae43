/** What a key has beside values and keys: its security cell (`sk`), class name and link flag. */
import { KEY_SYM_LINK, nowhere } from '../regf/format.ts';
import type { KeyAttributes } from '../hive.ts';
import { fromUtf16 } from '../utf16.ts';
import { type Cell, needSize, signatureOf } from './cells.ts';
import type { KeyNode } from './key-node.ts';
import { broken } from './problem.ts';
import type { Reading } from './reading.ts';

/** Keys share few security cells; more than these are not worth keeping. */
const mostKept = 4096;
const fixedSize = 20;

/** The attributes of a key, or undefined where it has none. E_FORMAT. */
export function readAttributes(reading: Reading, node: KeyNode): KeyAttributes | undefined {
  const attributes = node.security === nowhere ? undefined : shared(reading, node.security);
  const link = (node.flags & KEY_SYM_LINK) !== 0;
  if (node.classLength === 0 && !link) return attributes;
  return {
    ...(node.classLength > 0 ? { className: readClassName(reading, node) } : {}),
    ...attributes,
    ...(link ? { link: true } : {}),
  };
}

function shared(reading: Reading, offset: number): KeyAttributes {
  const known = reading.security.get(offset);
  if (known !== undefined) return known;
  const attributes = { security: readSecurity(reading, offset) };
  if (reading.security.size >= mostKept) reading.security.clear();
  reading.security.set(offset, attributes);
  return attributes;
}

/** The descriptor of a security cell, whose neighbours in the chain of all security cells must lead back to it. */
function readSecurity(reading: Reading, offset: number): Uint8Array {
  const cell = securityCell(reading, offset);
  const { bytes, at, place } = cell;
  // 2 - Reserved
  const next = bytes.readUInt32LE(at + 4); // 4 - Flink
  const last = bytes.readUInt32LE(at + 8); // 8 - Blink
  // 12 - Reference count
  const size = bytes.readUInt32LE(at + 16); // 16 - Security descriptor size
  if (fixedSize + size > cell.size)
    throw broken(place + 16, `a security descriptor of ${size} bytes is longer than its cell allows`);
  const after = securityCell(reading, next);
  if (after.bytes.readUInt32LE(after.at + 8) !== offset)
    reading.problems.lost(
      broken(place + 4, 'the next cell in the chain of security cells does not lead back to this one'),
    );
  const before = securityCell(reading, last);
  if (before.bytes.readUInt32LE(before.at + 4) !== offset)
    reading.problems.lost(
      broken(place + 8, 'the previous cell in the chain of security cells does not lead to this one'),
    );
  return reading.cells.take(cell, fixedSize, size); // 20 - Security descriptor
}

function securityCell(reading: Reading, offset: number): Cell {
  const cell = reading.cells.cell(offset, 'a security cell');
  if (signatureOf(cell) !== 'sk') throw broken(cell.place, "a security cell does not begin with 'sk'"); // 0 - Signature
  needSize(cell, fixedSize, 'a security cell');
  return cell;
}

function readClassName(reading: Reading, node: KeyNode): string {
  const cell = reading.cells.claim(node.classOffset, 'a class name');
  needSize(cell, node.classLength, 'a class name');
  if (node.classLength % 2 !== 0)
    throw broken(cell.place, `a class name has ${node.classLength} bytes: UTF-16 needs an even number`);
  return fromUtf16(cell.bytes.subarray(cell.at, cell.at + node.classLength));
}
