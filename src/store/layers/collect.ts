/** Removes generations that nothing needs any more. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchError } from '../../errors.ts';
import type { Drafts } from '../drafts.ts';
import { createDrafts } from '../drafts.ts';
import { type Use, usesIn } from '../in-use.ts';
import { statsAt } from '../stats.ts';
import { createFlusher } from '../transaction/flush.ts';
import type { Outcome } from '../transaction/transaction.ts';
import { type StoreClaim, withStore } from './claim-store.ts';
import { isDamage, wholeOrNull } from './damaged.ts';
import { readGeneration } from './generation.ts';
import { readInventory } from './inventory.ts';
import { generationFolder } from './layout.ts';
import { type StoredLayer, readCatalogue } from './stored-layer.ts';

export interface CollectOptions {
  /** How many generations of each layer are left: the current one, and those that undo goes back to. Two if left out. */
  readonly keep?: number;
  /** The layers; all if left out. */
  readonly layers?: readonly number[];
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
  /** Hears of layers that nothing is removed of, since they are damaged. */
  readonly onDamaged?: (error: PatchError) => void;
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
  readonly onRecovered?: (outcome: Outcome) => void;
}

export interface Collected {
  readonly layer: StoredLayer;
  readonly removed: readonly number[];
  /** What that gives back of the disk, in bytes: content that no other generation has. */
  readonly freed: number;
  /** Why others had to stay, although nothing but these programs needs them. */
  readonly inUse: readonly (Use & { readonly generation: number })[];
}

/** Never the current generation of a layer, and none that a program has open. All of it or nothing, as every transaction. E_BUSY. */
export async function collectGarbage(store: string, options: CollectOptions = {}): Promise<Collected[]> {
  const { keep = 2, layers: wanted, dryRun = false, durable = true, onRecovered, onDamaged } = options;
  const signal = options.signal ?? new AbortController().signal;
  const flusher = createFlusher(durable);
  const plan = (): Collected[] => {
    const { layers, damaged } = readCatalogue(store);
    // Nobody can tell what a damaged layer needs; but one that could only not be read now is not to be passed over.
    const unread = damaged.find(({ error }) => error.code !== 'E_CONFLICT');
    if (unread) throw unread.error;
    const isWanted = ({ number }: { readonly number: number }): boolean => wanted?.includes(number) ?? true;
    for (const { error } of damaged.filter(isWanted)) onDamaged?.(error);
    return layers.filter(isWanted).flatMap((layer) => {
      try {
        const planned = planFor(layer, keep);
        // Where the current one is damaged, the others are what is left.
        if (planned.removed.length > 0) readInventory(layer.current);
        return [planned];
      } catch (error) {
        if (!isDamage(error)) throw error;
        onDamaged?.(error);
        return [];
      }
    });
  };
  if (dryRun) return plan();
  return withStore(store, { flusher, onRecovered }, async (claimed) => {
    const planned = plan();
    await remove(planned, claimed, createDrafts({ work: claimed.work, flusher, keep: null }), signal);
    return planned;
  });
}

/** For whoever has the store already. */
export async function collectIn(
  claimed: StoreClaim,
  layer: StoredLayer,
  keep: number,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<void> {
  await remove([planFor(layer, keep)], claimed, drafts, signal);
}

async function remove(
  planned: readonly Collected[],
  claimed: StoreClaim,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<void> {
  const takes = planned.flatMap(({ layer, removed }) =>
    removed.map((number) => ({
      path: generationFolder(layer.folder, number),
      to: drafts.reserve('backup'),
      whole: true,
    })),
  );
  const first = planned.find(({ removed }) => removed.length > 0)?.layer;
  if (first === undefined) return;
  await drafts.flush();
  const { id, name, version } = first.identity;
  const facts = { id, name, from: version, to: version };
  await claimed.execute([{ takes, puts: [], modes: [], restore: [] }], facts, signal);
}

function planFor(layer: StoredLayer, keep: number): Collected {
  const needed = neededOf(layer, keep);
  const others = layer.generations.filter((number) => !needed.has(number));
  const inUse = others.flatMap((generation) =>
    usesIn([generationFolder(layer.folder, generation)]).map((use) => ({ ...use, generation })),
  );
  const removed = others.filter((number) => !inUse.some(({ generation }) => generation === number));
  return {
    layer,
    removed,
    freed: freedBy(removed.map((number) => generationFolder(layer.folder, number))),
    inUse,
  };
}

/** The current one, and where undo leads from there. */
function neededOf({ current, folder, generations }: StoredLayer, keep: number): Set<number> {
  const needed = new Set([current.number]);
  let at = current.record.previous;
  while (at !== null && needed.size < keep && generations.includes(at)) {
    const number = at;
    needed.add(number);
    const generation = wholeOrNull(() => readGeneration(folder, number));
    // Nobody knows where a damaged one leads: what is older stays.
    if (!generation) return new Set([...needed, ...generations.filter((one) => one < number)]);
    at = generation.record.previous;
  }
  return needed;
}

/** A file gives its room back when the last of its names goes. */
function freedBy(folders: readonly string[]): number {
  const files = new Map<string, { readonly size: number; left: number }>();
  const visit = (folder: string): void => {
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, item.name);
      if (item.isDirectory()) visit(path);
      if (!item.isFile()) continue;
      const { dev, ino, nlink, size } = lstatSync(path);
      const known = files.get(`${dev} ${ino}`) ?? { size, left: nlink };
      known.left--;
      files.set(`${dev} ${ino}`, known);
    }
  };
  for (const folder of folders) if (statsAt(folder)) visit(folder);
  return [...files.values()].reduce((sum, { size, left }) => sum + (left === 0 ? size : 0), 0);
}
