/** The inventory of a generation: the very lines that its state digest is of, so that nothing has to be read again to know it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, isDigest } from '../../bytes.ts';
import { PatchError } from '../../errors.ts';
import { contentSize, inventoryLine } from '../../layer/inventory.ts';
import type { Meta } from '../../layer/layer.ts';
import { type EntryName, compareNames, entryName } from '../../layer/name.ts';
import { damaged, mendableOr } from './damaged.ts';
import type { Generation, GenerationRecord } from './generation.ts';
import { inventoryFile } from './layout.ts';

/** Entries by their names, in byte order; modes are no part of it. */
export type Inventory = ReadonlyMap<EntryName, Meta>;

const size = z.int().min(0);
const digest = z.string().refine(isDigest);
const line = z.union([
  z.tuple([z.string(), z.literal(['file', 'hive']), size, digest]),
  z.tuple([z.string(), z.literal('link'), z.string()]),
  z.tuple([z.string(), z.literal(['directory', 'delete-entry'])]),
]);

/** E_CONFLICT where it is not the one that the generation was made with. */
export function readInventory({ directory, record }: Pick<Generation, 'directory' | 'record'>): Inventory {
  const path = join(directory, inventoryFile);
  try {
    const data = readFileSync(path);
    if (digestOf(data) !== record.digest) throw new Error('its digest is another one');
    const lines = data.toString('utf8').split('\n').slice(0, -1);
    return new Map(lines.map((text) => parseLine(JSON.parse(text))));
  } catch (error) {
    throw damaged(
      path,
      'is not the inventory that the generation was made with',
      error,
      mendableOr(directory),
    );
  }
}

function parseLine(value: unknown): [EntryName, Meta] {
  const [name, type, ...more] = line.parse(value);
  return [entryName(name), metaOf(type, more)];
}

function metaOf(type: Meta['type'], [first, second]: readonly (string | number)[]): Meta {
  if (type === 'directory' || type === 'delete-entry') return { type };
  if (type === 'link') return { type, to: String(first) };
  if (typeof first === 'number' && isDigest(second)) return { type, size: first, digest: second };
  throw new Error('it has a line that is none');
}

/** An inventory as a file, and what a record says of it. */
export interface Taken {
  readonly data: Uint8Array;
  readonly facts: Pick<GenerationRecord, 'digest' | 'entries' | 'size'>;
}

/** E_NAME where two entries have one name. */
export function takeInventory(entries: Iterable<{ readonly name: EntryName; readonly meta: Meta }>): Taken {
  const sorted = [...entries].sort((a, b) => compareNames(a.name, b.name));
  const twin = sorted.find(({ name }, at) => sorted[at + 1]?.name === name);
  if (twin) {
    throw new PatchError('E_NAME', `${twin.name}: is an entry and a delete entry at once`, {
      entry: twin.name,
      help: 'remove one of them',
    });
  }
  const data = Buffer.from(sorted.map(({ name, meta }) => `${inventoryLine(name, meta)}\n`).join(''));
  return {
    data,
    facts: { digest: digestOf(data), entries: sorted.length, size: contentSize(sorted) },
  };
}
