/** A target that is the next generation of a layer in a store, or a new layer. What is there stays as it is. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PatchError } from '../../errors.ts';
import type { DirectoryLayer } from '../../layer/directory-layer.ts';
import { copyTree } from '../copy-tree.ts';
import { draftingTarget } from '../drafting-target.ts';
import type { Drafts } from '../drafts.ts';
import type { Gathering } from '../gather.ts';
import { assertNotOlder, readHistory } from '../history.ts';
import type { TargetOptions } from '../in-place-target.ts';
import { assertOwnFolders, pathIn } from '../place.ts';
import type { Part } from '../plan-files.ts';
import { assertSpace, costOf } from '../space.ts';
import type { OnBrought, Release, Target } from '../target.ts';
import { writableName } from '../writable.ts';
import { buildGeneration, canLink } from './build-generation.ts';
import type { StoreClaim } from './claim-store.ts';
import { collectIn } from './collect.ts';
import { generationNumbers, workOf } from './layout.ts';
import { beginLayer, finishLayer, generationPart } from './place-generation.ts';
import { pointerPart, readPointer } from './pointer.ts';
import { type StoreTransaction, openTransaction } from './store-transaction.ts';
import { type StoredLayer, readLayer } from './stored-layer.ts';

export interface StoreTargetOptions extends TargetOptions {
  /** `new`: a new layer gets the new version; `in-place`, the layer itself, if left out. */
  readonly mode?: 'in-place' | 'new';
  /** Whether a new layer gets a copy of what the users of the old one wrote. */
  readonly copyWritable?: boolean;
  /** How many generations of the layer are left, the current one counted; two if left out. Those in use stay besides. */
  readonly keep?: number;
  /** Of a repair: `none` if undo is not to go back to what it has replaced, which is removed then; `keep` if left out. */
  readonly backup?: 'none' | 'keep';
  /** Is told which layer has the new version. */
  readonly onPlaced?: (layer: StoredLayer) => void;
  /** Of several layers: the commit adds to it, and whoever has opened it carries it out (`inOneTransaction`). */
  readonly transaction?: StoreTransaction | undefined;
}

/** `layer` is what `stored.current` has in it, opened. */
export function storeTarget(
  store: string,
  stored: StoredLayer,
  layer: DirectoryLayer,
  options: StoreTargetOptions = {},
): Target {
  const { durable = true, allowDowngrade = false, mode = 'in-place', keep = 2 } = options;
  const { transaction = openTransaction(store, { durable }) } = options;
  const isShared = options.transaction !== undefined;
  const backup = options.backup ?? 'keep';
  const building = { backup, store, stored, layer, transaction, copyWritable: options.copyWritable ?? false };
  const assertCurrent = (): void => {
    if (readPointer(stored.folder) === stored.current.number) return;
    throw new PatchError('E_BUSY', `${stored.folder}: was changed while the patch was prepared`, {
      entry: stored.folder,
      help: 'run it again when nobody else changes the layer',
    });
  };
  return draftingTarget({
    place: stored.folder,
    pathOf: (name) => pathIn(layer, name),
    async claim() {
      const claimed = await transaction.claim();
      return { ...claimed, release: async () => (isShared ? undefined : transaction.end()) };
    },
    check(release) {
      options.assertUnchanged?.();
      assertCurrent();
      assertOwnFolders(layer);
      if (!allowDowngrade) assertNotOlder(readHistory(stored.current.directory), release);
      const { extra } = costOf(release.changes);
      assertSpace(store, canLink(workOf(store)) ? extra : extra + release.size, release.temporary);
    },
    drafts: () => transaction.drafts(),
    async commit(gathering, drafts, release, signal, onBrought) {
      // Not later: a file that gets a second name has another time of its last change.
      options.assertUnchanged?.();
      const { number, parts } = await (mode === 'new' ? newLayer : nextGeneration)(
        { ...building, gathering, release, signal, onBrought },
        drafts,
      );
      assertCurrent();
      const { identity, from } = release;
      transaction.add({
        parts,
        facts: {
          ...{ id: identity.id, name: identity.name, from, to: identity.version },
          ...(release.repair && { repair: release.repair }),
        },
        async done(claimed) {
          const placed = readLayer(store, number);
          options.onPlaced?.(placed);
          // A version that undo could go back to is not lost by a repair.
          await collectQuietly(claimed, placed, release.repair === true ? Infinity : keep, drafts);
        },
      });
      if (!isShared) await transaction.execute(signal);
    },
  });
}

interface Building {
  readonly store: string;
  readonly stored: StoredLayer;
  readonly layer: DirectoryLayer;
  readonly transaction: StoreTransaction;
  readonly copyWritable: boolean;
  readonly backup: 'none' | 'keep';
  readonly gathering: Gathering;
  readonly release: Release;
  readonly signal: AbortSignal;
  readonly onBrought: OnBrought | undefined;
}

interface Built {
  readonly number: number;
  readonly parts: readonly Part[];
}

async function nextGeneration({ stored, ...building }: Building, drafts: Drafts): Promise<Built> {
  const { transaction, signal, release, backup } = building;
  const { flusher } = transaction;
  const { current, folder, number } = stored;
  const tree = transaction.reserveTree();
  const isDropped = release.repair === true && backup === 'none';
  const previous = isDropped ? current.record.previous : current.number;
  await buildGeneration({ ...building, flusher, base: current, tree, previous });
  const next = (generationNumbers(folder).at(-1) ?? 0) + 1;
  const pointer = await pointerPart(folder, next, drafts, signal);
  return { number, parts: [generationPart(tree, folder, next, current.directory), pointer] };
}

async function newLayer({ store, stored, copyWritable, ...building }: Building): Promise<Built> {
  const { transaction, signal } = building;
  const { flusher } = transaction;
  const { current, folder } = stored;
  const begun = beginLayer(transaction.reserveTree());
  await buildGeneration({ ...building, flusher, base: current, tree: begun.generation, previous: null });
  const number = transaction.nextLayer();
  if (copyWritable && stored.users.length > 0) {
    const copy = join(begun.tree, writableName);
    (await copyTree(join(folder, writableName), copy, () => true, signal))(new Set());
  }
  const mode = statSync(current.directory).mode & 0o7777;
  const part = await finishLayer(begun, { store, number, mode, flusher });
  return { number, parts: [part] };
}

/** The patch is applied, whatever becomes of old generations: who runs next, or `vpa layer gc`, has them removed. */
async function collectQuietly(
  claimed: StoreClaim,
  layer: StoredLayer,
  keep: number,
  drafts: Drafts,
): Promise<void> {
  try {
    await collectIn(claimed, layer, keep, drafts, new AbortController().signal);
  } catch {
    // See above.
  }
}
