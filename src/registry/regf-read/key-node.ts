/** Key nodes (`nk`). */
import { KEY_COMP_NAME, LAYER_SUPERSEDE_LOCAL, LAYER_TOMBSTONE, nowhere } from '../regf/format.ts';
import type { KeyKind } from '../hive.ts';
import { needSize, placeOf, signatureOf } from './cells.ts';
import type { Name } from './names.ts';
import { broken } from './problem.ts';
import type { Reading } from './reading.ts';

/** The number of values is a handle, and there are no values (predefined keys of old Windows). */
const KEY_PREDEF_HANDLE = 0x0040;

export interface KeyNode {
  readonly name: Name;
  readonly flags: number;
  /** FILETIME. */
  readonly lastWrite: bigint;
  /** Low two bits: what the node means for the layers below. Only in a layered hive, otherwise 0. */
  readonly layer: number;
  readonly parent: number;
  readonly subkeyCount: number;
  readonly subkeyList: number;
  readonly valueCount: number;
  readonly valueList: number;
  readonly security: number;
  readonly classOffset: number;
  readonly classLength: number;
  /** Offset of the cell's content in the file, for messages. */
  readonly place: number;
}

const fixedSize = 76;

/** The key node at an offset. `parent` is the offset of the key it is below, or null for the root. E_FORMAT, E_LIMIT. */
export function readKeyNode(reading: Reading, offset: number, parent: number | null): KeyNode {
  const cell = reading.cells.claim(offset, parent === null ? 'the root key' : 'a key');
  if (signatureOf(cell) !== 'nk') throw broken(cell.place, "a key does not begin with 'nk'"); // 0 - Signature
  needSize(cell, fixedSize, 'a key');
  const { bytes, at, place } = cell;
  const flags = bytes.readUInt16LE(at + 2); // 2 - Flags
  const lastWrite = bytes.readBigUInt64LE(at + 4); // 4 - Last written
  // 12 - Access bits
  const layer = reading.layered ? bytes.readUInt8(at + 13) & 3 : 0; // 13 - Layer semantics
  // 14 - Spare
  const own = bytes.readUInt32LE(at + 16); // 16 - Parent
  const subkeyCount = bytes.readUInt32LE(at + 20); // 20 - Number of subkeys
  // 24 - Number of volatile subkeys
  const subkeyList = bytes.readUInt32LE(at + 28); // 28 - Subkeys list
  // 32 - Volatile subkeys list: never on disk
  const valueCount = bytes.readUInt32LE(at + 36); // 36 - Number of values
  const valueList = bytes.readUInt32LE(at + 40); // 40 - Values list
  const security = bytes.readUInt32LE(at + 44); // 44 - Security
  const classOffset = bytes.readUInt32LE(at + 48); // 48 - Class name
  // 52 - Largest subkey name, flags of virtualization and users; 56, 60, 64 - Largest other things; 68 - WorkVar
  const nameLength = bytes.readUInt16LE(at + 72); // 72 - Key name length
  const classLength = bytes.readUInt16LE(at + 74); // 74 - Class name length
  if (fixedSize + nameLength > cell.size)
    throw broken(place + 72, `a key's name of ${nameLength} bytes is longer than its cell allows`);
  if (nameLength === 0 && parent !== null) throw broken(place + 72, 'a key has no name');
  if (parent !== null && own !== parent)
    reading.problems.lost(
      broken(
        place + 16,
        `a key below the one at 0x${placeOf(parent).toString(16)} says that it is below 0x${placeOf(own).toString(16)}`,
      ),
    );
  return {
    name: reading.names.read(
      cell,
      fixedSize, // 76 - Key name
      nameLength,
      (flags & KEY_COMP_NAME) !== 0,
      'the name of a key',
      reading.limits.keyName,
    ),
    flags,
    lastWrite,
    layer,
    parent: own,
    subkeyCount,
    subkeyList,
    valueCount: (flags & KEY_PREDEF_HANDLE) !== 0 ? 0 : valueCount,
    valueList,
    security,
    classOffset: classLength === 0 ? nowhere : classOffset,
    classLength,
    place,
  };
}

/**
 * What the layer semantics of a differencing hive mean in the model (regf specification, "Layered keys"). 0: an ordinary
 * key, merged with those of the layers below. 1, IsTombstone: a delete entry, which has no keys and values itself.
 * 2, IsSupersedeLocal, and 3, IsSupersedeTree: the keys of the layers below do not count, which is an opaque key; the
 * model knows no difference between the two. All keys in a superseding tree have 3, but below an opaque key there is
 * nothing left to hide, so there they are ordinary ones. That a class name is inherited has no place in the model.
 */
export function kindOf(node: KeyNode, insideOpaque: boolean): KeyKind {
  if (node.layer === LAYER_TOMBSTONE) {
    if (node.subkeyCount > 0 || node.valueCount > 0)
      throw broken(node.place, 'a tombstone has keys or values');
    return 'delete-entry';
  }
  return node.layer >= LAYER_SUPERSEDE_LOCAL && !insideOpaque ? 'opaque' : 'key';
}
