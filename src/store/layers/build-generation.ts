/** Builds the generation that a patch makes of another one: what it does not touch has the same files, by second names. */
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DirectoryLayer } from '../../layer/directory-layer.ts';
import { buildTree } from '../build-tree.ts';
import { linking } from '../copy-tree.ts';
import type { Gathering } from '../gather.ts';
import { historyAfter, historyFile, readHistory } from '../history.ts';
import type { OnBrought, Release } from '../target.ts';
import type { Flusher } from '../transaction/flush.ts';
import { finishGeneration } from './finish-generation.ts';
import type { Generation } from './generation.ts';
import { inventoryAfter } from './inventory-after.ts';
import { readInventory, takeInventory } from './inventory.ts';

export interface BuildGenerationOptions {
  readonly base: Generation;
  /** The same, opened. */
  readonly layer: DirectoryLayer;
  readonly gathering: Gathering;
  readonly release: Release;
  /** The folder that is made. */
  readonly tree: string;
  /** Where undo goes back to. */
  readonly previous: number | null;
  readonly flusher: Flusher;
  readonly signal: AbortSignal;
  readonly onBrought?: OnBrought | undefined;
}

/** The drafts are used up, and all of it is on the disk; the folder itself is left open to us. */
export async function buildGeneration(options: BuildGenerationOptions): Promise<void> {
  const { base, layer, gathering, release, tree, previous, flusher, signal, onBrought } = options;
  const { staged, sidecars } = gathering;
  const fresh: string[] = [];
  // What the layer is called here is up to whoever brought it in.
  const identity = { ...release.identity, name: layer.identity.name };
  const history = historyOf(base, release);
  const inside = [...sidecars(layer, identity), { path: historyFile(base.directory), content: history }];
  const isRepair = release.repair === true;
  const placing = { ...linking((path) => void fresh.push(path)), leavesOthers: isRepair };
  await buildTree({ layer, tree, staged, inside, signal, placing, onBrought });
  for (const { path, content } of inside) {
    if (content) fresh.push(join(tree, path.slice(base.directory.length)));
  }
  const entries = await inventoryAfter(readInventory(base), release, tree, signal);
  const inventory = takeInventory([...entries].map(([name, meta]) => ({ name, meta })));
  await finishGeneration({
    tree,
    inventory,
    origin: { previous, made: isRepair ? 'repair' : 'patch' },
    fresh,
    flusher,
  });
}

/** A repair is no patch: what was remembered before stays. */
function historyOf({ directory }: Generation, release: Release): Uint8Array | null {
  const before = readHistory(directory);
  if (release.repair !== true) return historyAfter(before, release, true);
  return before && Buffer.from(`${JSON.stringify(before, null, 2)}\n`);
}

/** Whether a file in the folder can have a second name. */
export function canLink(folder: string): boolean {
  const [one, other] = [join(folder, 'link-1'), join(folder, 'link-2')];
  try {
    writeFileSync(one, '');
    linkSync(one, other);
    return true;
  } catch {
    return false;
  } finally {
    for (const path of [one, other]) rmSync(path, { force: true });
  }
}
