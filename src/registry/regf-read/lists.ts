/** Lists of subkeys (`lf`, `lh`, `li`, `ri`) and of values. */
import { type Cell, needSize, signatureOf } from './cells.ts';
import { overLimit } from '../limits.ts';
import type { KeyNode } from './key-node.ts';
import { broken } from './problem.ts';
import type { Reading } from './reading.ts';

/** Bytes before the elements of a subkeys list: 0 - Signature, 2 - Number of elements. */
const headSize = 4;

/** Bytes of an element of each leaf: 0 - Key node offset, and but for `li` 4 - Name hint or hash. */
const elementSize: Readonly<Record<string, number>> = { lf: 8, lh: 8, li: 4 };

/**
 * The offsets of a key's subkeys, in the order of the list. Windows sorts it, which nothing here relies on.
 * E_LIMIT; E_FORMAT; when reading leniently, what can be had.
 */
export function subkeyOffsets(reading: Reading, node: KeyNode): number[] {
  const offsets: number[] = [];
  if (node.subkeyCount === 0) return offsets;
  if (node.subkeyCount > reading.limits.keys)
    throw overLimit(`subkeys of the key at offset 0x${node.place.toString(16)}`, reading.limits.keys);
  const list = reading.cells.claim(node.subkeyList, 'a subkeys list');
  if (signatureOf(list) === 'ri') {
    for (const leaf of elementsOf(reading, list, 4)) {
      // By random access nobody sees that the same part comes again and again.
      if (offsets.length > node.subkeyCount) break;
      try {
        addLeaf(reading, reading.cells.claim(leaf, 'a part of a subkeys list'), offsets);
      } catch (error) {
        reading.problems.lost(error);
      }
    }
  } else {
    addLeaf(reading, list, offsets);
  }
  if (offsets.length !== node.subkeyCount)
    reading.problems.lost(
      broken(
        node.place + 20,
        `a key says that it has ${node.subkeyCount} subkeys, and its list has ${offsets.length > node.subkeyCount ? 'more' : offsets.length}`,
      ),
    );
  return offsets;
}

function addLeaf(reading: Reading, list: Cell, offsets: number[]): void {
  const signature = signatureOf(list);
  const size = elementSize[signature];
  if (signature === 'ri')
    throw broken(list.place, 'a part of a subkeys list is itself one of parts (ri in ri)');
  if (size === undefined)
    throw broken(list.place, "a subkeys list begins with none of 'lf', 'lh', 'li', 'ri'");
  for (const offset of elementsOf(reading, list, size)) offsets.push(offset);
}

/** The first field of each element. */
function elementsOf(reading: Reading, list: Cell, size: number): number[] {
  needSize(list, headSize, 'a subkeys list');
  let count = list.bytes.readUInt16LE(list.at + 2); // 2 - Number of elements
  const room = Math.floor((list.size - headSize) / size);
  if (count > room) {
    reading.problems.lost(
      broken(list.place + 2, `a subkeys list of ${count} elements is longer than its cell allows`),
    );
    count = room;
  }
  const elements: number[] = [];
  for (let index = 0; index < count; index++)
    elements.push(list.bytes.readUInt32LE(list.at + headSize + index * size));
  return elements;
}

/** The offsets of a key's values, in the order of the list. E_FORMAT; when reading leniently, what can be had. */
export function valueOffsets(reading: Reading, node: KeyNode): number[] {
  const offsets: number[] = [];
  if (node.valueCount === 0) return offsets;
  const list = reading.cells.claim(node.valueList, 'a values list');
  let count = node.valueCount;
  if (count * 4 > list.size) {
    reading.problems.lost(
      broken(node.place + 36, `a values list of ${count} elements is longer than its cell allows`),
    );
    count = Math.floor(list.size / 4);
  }
  for (let index = 0; index < count; index++) offsets.push(list.bytes.readUInt32LE(list.at + index * 4));
  return offsets;
}
