/** Values (`vk`) and their data: inline, in a cell, or in the segments of big data (`db`). */
import { dataInline, nowhere, segmentSize, VALUE_COMP_NAME, VALUE_TOMBSTONE } from '../regf/format.ts';
import type { RegistryValue } from '../hive.ts';
import { overLimit } from '../limits.ts';
import { type Cell, needSize, signatureOf } from './cells.ts';
import type { Name } from './names.ts';
import { broken } from './problem.ts';
import type { Reading } from './reading.ts';

export interface ValueNode {
  readonly name: Name;
  /** Any number: those that Windows does not know are as good. */
  readonly type: number;
  readonly tombstone: boolean;
  readonly dataSize: number;
  readonly dataOffset: number;
  readonly inline: boolean;
  readonly cell: Cell;
}

const fixedSize = 20;
const dataField = 8;
const none = new Uint8Array(0);

/** The value at an offset, without its data. E_FORMAT, E_LIMIT. */
export function readValueNode(reading: Reading, offset: number): ValueNode {
  const cell = reading.cells.claim(offset, 'a value');
  if (signatureOf(cell) !== 'vk') throw broken(cell.place, "a value does not begin with 'vk'"); // 0 - Signature
  needSize(cell, fixedSize, 'a value');
  const { bytes, at } = cell;
  const nameLength = bytes.readUInt16LE(at + 2); // 2 - Name length
  const size = bytes.readUInt32LE(at + 4); // 4 - Data size
  const dataOffset = bytes.readUInt32LE(at + dataField); // 8 - Data offset, or data
  const type = bytes.readUInt32LE(at + 12); // 12 - Data type
  const flags = bytes.readUInt16LE(at + 16); // 16 - Flags
  // 18 - Spare
  if (fixedSize + nameLength > cell.size)
    throw broken(cell.place + 2, `a value's name of ${nameLength} bytes is longer than its cell allows`);
  return {
    name: reading.names.read(
      cell,
      fixedSize, // 20 - Value name
      nameLength,
      (flags & VALUE_COMP_NAME) !== 0,
      'the name of a value',
      reading.limits.valueName,
    ),
    type,
    tombstone: reading.layered && (flags & VALUE_TOMBSTONE) !== 0,
    dataSize: size % dataInline,
    dataOffset,
    inline: size >= dataInline,
    cell,
  };
}

/** The whole value. E_FORMAT, E_LIMIT. */
export function readValue(reading: Reading, node: ValueNode): RegistryValue {
  const name = node.name.text;
  if (!node.tombstone) return { name, type: node.type, data: readData(reading, node) };
  // A value tombstone has neither type nor data; the specification gives the three fields these contents.
  if (node.type !== 0 || node.dataSize !== 0 || node.dataOffset !== nowhere)
    throw broken(node.cell.place + 4, 'a tombstone of a value has data');
  return { name, type: 'delete-entry', data: none };
}

function readData(reading: Reading, node: ValueNode): Uint8Array {
  const { cell, dataSize: size, dataOffset: offset } = node;
  if (node.inline) {
    if (size > 4) throw broken(cell.place + 4, `${size} bytes of data stand where there is room for 4`);
    return size === 0 ? none : reading.cells.take(cell, dataField, size);
  }
  if (size === 0) return none;
  if (size > reading.limits.valueData)
    throw overLimit(
      `the value at offset 0x${cell.place.toString(16)}: ${size} bytes of data`,
      reading.limits.valueData,
    );
  const data = reading.cells.claim(offset, "a value's data");
  if (size <= data.size) return reading.cells.take(data, 0, size);
  if (size > segmentSize && reading.minor >= 4 && signatureOf(data) === 'db')
    return readBigData(reading, data, size);
  throw broken(
    cell.place + 4,
    `a value says that it has ${size} bytes of data, and their cell has ${data.size}`,
  );
}

function readBigData(reading: Reading, cell: Cell, size: number): Uint8Array {
  needSize(cell, 8, 'big data'); // 0 - Signature
  const count = cell.bytes.readUInt16LE(cell.at + 2); // 2 - Number of segments
  const listOffset = cell.bytes.readUInt32LE(cell.at + 4); // 4 - Offset of the list of segments
  const needed = Math.ceil(size / segmentSize);
  if (count !== needed)
    throw broken(cell.place + 2, `big data of ${count} segments; ${size} bytes need ${needed}`);
  const list = reading.cells.claim(listOffset, 'a list of segments');
  needSize(list, count * 4, 'a list of segments');
  const segments: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const segment = reading.cells.claim(
      list.bytes.readUInt32LE(list.at + index * 4),
      'a segment of big data',
    );
    const length = Math.min(segmentSize, size - index * segmentSize);
    needSize(segment, length, 'a segment of big data');
    segments.push(segment.bytes.subarray(segment.at, segment.at + length));
  }
  return new Uint8Array(Buffer.concat(segments, size));
}
