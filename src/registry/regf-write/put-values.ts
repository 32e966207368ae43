/** The list of a key's values, the values and their data. */
import { REG_NONE, type RegistryKey, type RegistryValue } from '../hive.ts';
import { sortedNames } from '../key.ts';
import {
  bigDataSince,
  dataInline,
  nowhere,
  segmentSize,
  VALUE_COMP_NAME,
  VALUE_TOMBSTONE,
} from '../regf/format.ts';
import type { Cells } from './cells.ts';
import { putName, storedName } from './names.ts';

const keyValue = 0x6b76; // 'vk'
const bigData = 0x6264; //  'db'

/**
 * Gives the list's offset. Windows keeps the order of creation, which is not content; we sort by folded name, so
 * that equal keys become equal bytes.
 */
export function putValues(cells: Cells, values: RegistryKey['values'], minor: number): number {
  if (values.size === 0) return nowhere;
  const offsets: number[] = [];
  for (const folded of sortedNames(values)) {
    const value = values.get(folded);
    if (value !== undefined) offsets.push(putValue(cells, value, minor));
  }
  return putOffsets(cells, offsets);
}

function putOffsets(cells: Cells, offsets: readonly number[]): number {
  const at = cells.open(offsets.length * 4);
  for (const offset of offsets) cells.u32(offset);
  return at;
}

function putValue(cells: Cells, value: RegistryValue, minor: number): number {
  const { data } = value;
  const name = storedName(value.name);
  const deleted = value.type === 'delete-entry';
  const inline = !deleted && data.length <= 4;
  const dataAt = deleted ? nowhere : inline ? inlineData(data) : putData(cells, data, minor);
  const compressed = name.compressed ? VALUE_COMP_NAME : 0;

  const at = cells.open(20 + name.size);
  cells.u16(keyValue); //                                            0 - Signature
  cells.u16(name.size); //                                           2 - Name length
  cells.u32(inline ? dataInline + data.length : data.length); //     4 - Data size
  cells.u32(dataAt); //                                              8 - Data offset, or the data
  cells.u32(value.type === 'delete-entry' ? REG_NONE : value.type); // 12 - Data type
  cells.u16(deleted ? compressed | VALUE_TOMBSTONE : compressed); // 16 - Flags
  cells.u16(0); //                                                  18 - Spare
  putName(cells, name); //                                          20 - Value name
  return at;
}

function inlineData(data: Uint8Array): number {
  let word = 0;
  for (let at = 0; at < data.length; at++) word |= (data[at] ?? 0) << (at * 8);
  return word >>> 0;
}

function putData(cells: Cells, data: Uint8Array, minor: number): number {
  if (data.length > segmentSize && minor >= bigDataSince) return putBigData(cells, data);
  const at = cells.open(data.length);
  cells.bytes(data);
  return at;
}

function putBigData(cells: Cells, data: Uint8Array): number {
  const segments: number[] = [];
  for (let from = 0; from < data.length; from += segmentSize) {
    const segment = data.subarray(from, from + segmentSize);
    // Four bytes more than it needs: a full segment's cell has them too, and hivex never looks at a cell's last four.
    segments.push(cells.open(segment.length + 4));
    cells.bytes(segment);
  }
  const list = putOffsets(cells, segments);
  const at = cells.open(8);
  cells.u16(bigData); //         0 - Signature
  cells.u16(segments.length); // 2 - Number of segments
  cells.u32(list); //            4 - Offset of the list of segments
  return at;
}
