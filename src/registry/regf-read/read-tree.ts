/** The whole hive as one model, without recursion, since a hostile hive nests as deep as it likes. */
import type { KeyAttributes, KeyKind, RegistryKey, RegistryValue } from '../hive.ts';
import { overLimit } from '../limits.ts';
import { readAttributes } from './attributes.ts';
import { type KeyNode, kindOf, readKeyNode } from './key-node.ts';
import { subkeyOffsets, valueOffsets } from './lists.ts';
import { broken } from './problem.ts';
import type { Reading } from './reading.ts';
import { readValue, readValueNode } from './value-node.ts';

/** A key that was read, with what its children need to know about it. */
interface Place {
  readonly key: RegistryKey;
  readonly keys: Map<string, RegistryKey>;
  readonly offset: number;
  readonly depth: number;
  readonly above: Place | null;
  /** It, or a key above it, is opaque. */
  readonly opaque: boolean;
  readonly children: readonly number[];
}

interface Count {
  keys: number;
  values: number;
}

// Most keys have no keys or no values. A model's maps are never changed, so one that is empty is enough for all.
const noKeys = new Map<string, RegistryKey>();
const noValues = new Map<string, RegistryValue>();

/**
 * All keys and values from the root at `rootOffset` on, which has the empty name in the model. E_FORMAT for anything
 * broken, as far as reading is not lenient; E_LIMIT.
 */
export function readTree(reading: Reading, rootOffset: number): RegistryKey {
  const count: Count = { keys: 0, values: 0 };
  const root = readPlace(reading, rootOffset, null, count);
  // Level by level; an array that grows while it is walked.
  const places = [root];
  for (const above of places) {
    for (const offset of above.children) {
      try {
        const place = readPlace(reading, offset, above, count);
        if (place.children.length > 0) places.push(place);
      } catch (error) {
        reading.problems.lost(error, () => `a key below '${pathOf(above)}'`);
      }
    }
  }
  return root.key;
}

function readPlace(reading: Reading, offset: number, above: Place | null, count: Count): Place {
  const node = readKeyNode(reading, offset, above === null ? null : above.offset);
  const depth = above === null ? 0 : above.depth + 1;
  if (depth > reading.limits.depth)
    throw overLimit(`keys in one another at offset 0x${node.place.toString(16)}`, reading.limits.depth);
  if (++count.keys > reading.limits.keys + 1) throw overLimit('the keys of a hive', reading.limits.keys);
  if (above?.keys.has(node.name.folded) === true)
    throw broken(node.place, `two keys have the name ${JSON.stringify(node.name.text)}`);
  const kind = kindOf(node, above?.opaque === true);
  const keys = node.subkeyCount === 0 ? noKeys : new Map<string, RegistryKey>();
  const values = node.valueCount === 0 ? noValues : new Map<string, RegistryValue>();
  const name = above === null ? '' : node.name.text;
  const place = {
    key: makeKey(name, kind, node.lastWrite, attributesOf(reading, node), values, keys),
    keys,
    offset,
    depth,
    above,
    opaque: kind === 'opaque' || above?.opaque === true,
    children: childrenOf(reading, node),
  };
  if (node.valueCount > 0) addValues(reading, node, values, count, place);
  above?.keys.set(node.name.folded, place.key);
  return place;
}

function makeKey(
  name: string,
  kind: KeyKind,
  lastWrite: bigint,
  attributes: KeyAttributes | undefined,
  values: ReadonlyMap<string, RegistryValue>,
  keys: ReadonlyMap<string, RegistryKey>,
): RegistryKey {
  if (attributes === undefined)
    return lastWrite === 0n ? { name, kind, values, keys } : { lastWrite, name, kind, values, keys };
  return lastWrite === 0n
    ? { attributes, name, kind, values, keys }
    : { attributes, lastWrite, name, kind, values, keys };
}

function attributesOf(reading: Reading, node: KeyNode): KeyAttributes | undefined {
  try {
    return readAttributes(reading, node);
  } catch (error) {
    reading.problems.lost(error, () => `the security or class of the key '${node.name.text}'`);
    return undefined;
  }
}

function childrenOf(reading: Reading, node: KeyNode): readonly number[] {
  try {
    return subkeyOffsets(reading, node);
  } catch (error) {
    reading.problems.lost(error, () => `the keys below '${node.name.text}'`);
    return [];
  }
}

function addValues(
  reading: Reading,
  node: KeyNode,
  values: Map<string, RegistryValue>,
  count: Count,
  place: Place,
): void {
  let offsets: readonly number[] = [];
  try {
    offsets = valueOffsets(reading, node);
  } catch (error) {
    reading.problems.lost(error, () => `the values of '${pathOf(place)}'`);
  }
  for (const offset of offsets) {
    if (++count.values > reading.limits.values)
      throw overLimit('the values of a hive', reading.limits.values);
    try {
      const valueNode = readValueNode(reading, offset);
      const { folded } = valueNode.name;
      if (values.has(folded))
        throw broken(valueNode.cell.place, `two values have the name ${JSON.stringify(valueNode.name.text)}`);
      values.set(folded, readValue(reading, valueNode));
    } catch (error) {
      reading.problems.lost(error, () => `a value of '${pathOf(place)}'`);
    }
  }
}

function pathOf(place: Place): string {
  const names: string[] = [];
  for (let at = place; at.above !== null; at = at.above) names.unshift(at.key.name);
  return names.join('\\');
}
