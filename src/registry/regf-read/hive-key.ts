/** One key of a hive that stays on disk: what is below it is read when it is asked for. */
import { foldName, type KeyAttributes, type KeyKind, type RegistryValue } from '../hive.ts';
import { overLimit } from '../limits.ts';
import { readAttributes } from './attributes.ts';
import { type KeyNode, kindOf, readKeyNode } from './key-node.ts';
import { subkeyOffsets, valueOffsets } from './lists.ts';
import type { PagedCells } from './paged-cells.ts';
import type { Reading } from './reading.ts';
import { readValue, readValueNode } from './value-node.ts';

export interface RegfKey {
  /** As stored: that of a root key is any, and the model leaves it out. */
  readonly name: string;
  readonly kind: KeyKind;
  /** Flags of the key node as stored (`KEY_SYM_LINK` …). */
  readonly flags: number;
  /** FILETIME. */
  readonly lastWrite: bigint;
  readonly attributes: KeyAttributes | undefined;
  readonly subkeyCount: number;
  readonly valueCount: number;
  /** The keys below, in stored order. E_FORMAT, E_LIMIT. */
  subkeys(): AsyncGenerator<RegfKey>;
  /** The key of that name right below, in any case; null when there is none. E_FORMAT, E_LIMIT. */
  subkey(name: string): Promise<RegfKey | null>;
  /** In stored order. E_FORMAT, E_LIMIT. */
  values(): AsyncGenerator<RegistryValue>;
  /** The value of that name in any case, '' for the default value; null when there is none. E_FORMAT, E_LIMIT. */
  value(name: string): Promise<RegistryValue | null>;
}

export interface PagedReading extends Reading {
  readonly cells: PagedCells;
}

interface Position {
  readonly offset: number;
  readonly above: { readonly offset: number; readonly opaque: boolean; readonly depth: number } | null;
}

/** How many records one run of a parse reads, so that it starts again with few of them. */
const batchSize = 64;

/** The root key of a hive. E_FORMAT, E_LIMIT. */
export async function rootKey(reading: PagedReading, offset: number): Promise<RegfKey> {
  return openKey(reading, { offset, above: null });
}

async function openKey(reading: PagedReading, position: Position): Promise<RegfKey> {
  return reading.cells.run(() => readKey(reading, position));
}

function readKey(reading: PagedReading, { offset, above }: Position): RegfKey {
  const node = readKeyNode(reading, offset, above === null ? null : above.offset);
  const depth = above === null ? 0 : above.depth + 1;
  if (depth > reading.limits.depth)
    throw overLimit(`keys in one another at offset 0x${node.place.toString(16)}`, reading.limits.depth);
  const kind = kindOf(node, above?.opaque === true);
  const here = { offset, opaque: kind === 'opaque' || above?.opaque === true, depth };
  return {
    name: node.name.text,
    kind,
    flags: node.flags,
    lastWrite: node.lastWrite,
    attributes: attributesOf(reading, node),
    subkeyCount: node.subkeyCount,
    valueCount: node.valueCount,
    subkeys: () =>
      each(
        reading,
        () => subkeyOffsets(reading, node),
        (at) => readKey(reading, { offset: at, above: here }),
      ),
    subkey: async (name) => {
      const folded = foldName(name);
      const named = (at: number): true | null =>
        readKeyNode(reading, at, offset).name.folded === folded ? true : null;
      const found = await find(reading, () => subkeyOffsets(reading, node), named);
      return found === null ? null : openKey(reading, { offset: found, above: here });
    },
    values: () =>
      each(
        reading,
        () => valueOffsets(reading, node),
        (at) => readValue(reading, readValueNode(reading, at)),
      ),
    value: async (name) => {
      const folded = foldName(name);
      const named = (at: number): true | null =>
        readValueNode(reading, at).name.folded === folded ? true : null;
      const found = await find(reading, () => valueOffsets(reading, node), named);
      if (found === null) return null;
      return reading.cells.run(() => readValue(reading, readValueNode(reading, found)));
    },
  };
}

function attributesOf(reading: PagedReading, node: KeyNode): KeyAttributes | undefined {
  return tolerant(reading, () => readAttributes(reading, node));
}

/** The records of a list one by one; a broken one is a loss. */
async function* each<T>(
  reading: PagedReading,
  list: () => readonly number[],
  read: (offset: number) => T,
): AsyncGenerator<T> {
  const offsets = await offsetsOf(reading, list);
  for (let start = 0; start < offsets.length; start += batchSize) {
    const batch = offsets.slice(start, start + batchSize);
    const found = await reading.cells.run(() => batch.map((at) => tolerant(reading, () => read(at))));
    for (const item of found) if (item !== undefined) yield item;
  }
}

/** The offset of the first record that has the name. */
async function find(
  reading: PagedReading,
  list: () => readonly number[],
  isNamed: (offset: number) => true | null,
): Promise<number | null> {
  const offsets = await offsetsOf(reading, list);
  for (let start = 0; start < offsets.length; start += batchSize) {
    const batch = offsets.slice(start, start + batchSize);
    const found = await reading.cells.run(() =>
      batch.find((at) => tolerant(reading, () => isNamed(at)) === true),
    );
    if (found !== undefined) return found;
  }
  return null;
}

async function offsetsOf(reading: PagedReading, list: () => readonly number[]): Promise<readonly number[]> {
  return reading.cells.run(() => tolerant(reading, list) ?? []);
}

/** What a function gives, or undefined where it met a loss that reading goes on after. */
function tolerant<T>(reading: PagedReading, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    reading.problems.lost(error);
    return undefined;
  }
}
