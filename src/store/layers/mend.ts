/** Brings the records of a layer back that somebody has damaged, where what is left tells what they were. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromSystem, isPatchError } from '../../errors.ts';
import { openDirectory } from '../../layer/directory-layer.ts';
import type { Entry, ReadOptions } from '../../layer/layer.ts';
import { createDrafts } from '../drafts.ts';
import { createFlusher } from '../transaction/flush.ts';
import { withStore } from './claim-store.ts';
import { damaged, isDamage, wholeOrNull } from './damaged.ts';
import { formatRecord, readDescription, readRecord } from './generation.ts';
import { type Taken, readInventory, takeInventory } from './inventory.ts';
import {
  generationFolder,
  generationNumbers,
  inventoryFile,
  layerFolder,
  pointerFile,
  recordFile,
} from './layout.ts';
import { formatPointer, readPointer, recordPart } from './pointer.ts';
import type { StoreOptions } from './undo-layer.ts';

/** The pointer says which generation counts; the others are a generation's own. */
export interface Mended {
  readonly record: 'pointer' | 'generation' | 'inventory';
  readonly generation: number;
}

interface Mending extends Mended {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * In one transaction; none where all is whole. Nothing is guessed of a generation: of its record and its inventory one has to be there, and to say what its
 * contents are. Where nothing says which generation counts, the newest does that is whole. E_CONFLICT where that is not enough, and then nothing is changed.
 */
export async function mendRecords(
  store: string,
  number: number,
  options: StoreOptions = {},
): Promise<Mended[]> {
  const { durable = true, signal = new AbortController().signal, onRecovered } = options;
  const folder = layerFolder(store, number);
  if ((await planFor(folder, signal)).length === 0) return [];
  const flusher = createFlusher(durable);
  return withStore(store, { flusher, onRecovered }, async (claimed) => {
    const mendings = await planFor(folder, signal);
    const drafts = createDrafts({ work: claimed.work, flusher, keep: null });
    const parts = [];
    for (const { path, content } of mendings) parts.push(await recordPart(path, content, drafts, signal));
    if (parts.length === 0) return [];
    await drafts.flush();
    await claimed.execute(parts, { id: String(number), name: `layer ${number}`, from: '', to: '' }, signal);
    return mendings.map(({ record, generation }) => ({ record, generation }));
  });
}

async function planFor(folder: string, signal: AbortSignal): Promise<Mending[]> {
  const pointer = wholeOrNull(() => readPointer(folder));
  if (pointer !== null) return mendGeneration(folder, pointer, signal);
  for (const generation of generationNumbers(folder).reverse()) {
    try {
      const inside = await mendGeneration(folder, generation, signal);
      const content = formatPointer(generation);
      return [...inside, { record: 'pointer', generation, path: pointerFile(folder), content }];
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  // What is wrong with it.
  readPointer(folder);
  return [];
}

async function mendGeneration(folder: string, generation: number, signal: AbortSignal): Promise<Mending[]> {
  const directory = generationFolder(folder, generation);
  readDescription(directory);
  const record = wholeOrNull(() => readRecord(directory));
  const inventory = record && wholeOrNull(() => readInventory({ directory, record }));
  if (record && inventory) return [];
  const taken = await contentsOf(directory, { signal });
  const make = (of: 'generation' | 'inventory', file: string, content: Uint8Array): Mending[] => [
    { record: of, generation, path: join(directory, file), content },
  ];
  if (record && record.digest === taken?.facts.digest) return make('inventory', inventoryFile, taken.data);
  if (!record && taken && hasInventory(directory, taken)) {
    const previous =
      generationNumbers(folder)
        .filter((one) => one < generation)
        .at(-1) ?? null;
    const made = previous === null ? 'import' : 'patch';
    return make('generation', recordFile, formatRecord({ ...taken.facts, previous, made }));
  }
  // What is wrong with it.
  readInventory({ directory, record: record ?? readRecord(directory) });
  return [];
}

/** What the generation has; null where that cannot be an inventory. */
async function contentsOf(directory: string, options: ReadOptions): Promise<Taken | null> {
  const entries: Entry[] = [];
  try {
    for await (const entry of openDirectory(directory).readOnly.entries(options)) entries.push(entry);
    return takeInventory(entries);
  } catch (error) {
    // What says which entries are hidden, or a hive, is damaged itself.
    if (isPatchError(error) && ['E_FORMAT', 'E_NAME', 'E_CONFLICT'].includes(error.code)) return null;
    throw fromSystem(error, 'read', directory);
  }
}

function hasInventory(directory: string, { data }: Taken): boolean {
  const path = join(directory, inventoryFile);
  try {
    return readFileSync(path).equals(data);
  } catch (error) {
    if (isDamage(damaged(path, 'cannot be read', error))) return false;
    throw fromSystem(error, 'read', path);
  }
}
