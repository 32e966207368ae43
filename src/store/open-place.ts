/** The place that a patch is applied to: its base, and the target that is made of it. */
import { join, resolve } from 'node:path';
import { PatchError } from '../errors.ts';
import { type DirectoryLayer, workFolder } from '../layer/directory-layer.ts';
import type { EntryName } from '../layer/name.ts';
import type { Odd } from '../layer/walk.ts';
import { copyTarget } from './copy-target.ts';
import { dryTarget } from './dry-target.ts';
import { type InPlaceOptions, inPlaceTarget } from './in-place-target.ts';
import { tellingKept } from './kept-folders.ts';
import { pathIn } from './place.ts';
import { recoverDirectory } from './recover-directory.ts';
import type { Target } from './target.ts';
import type { Outcome } from './transaction/transaction.ts';
import { type WatchedLayer, openWatched } from './watch-layer.ts';
import { assertSettled } from './work-folder.ts';

export interface PlaceOptions extends Omit<InPlaceOptions, 'assertUnchanged'> {
  /** The folder with the version that the patch is for: a plain application directory or a layer directory. */
  readonly to: string;
  /** A new folder for the new version; the old one stays as it is. Without it `to` itself is changed. */
  readonly out?: string;
  /** With `out`: whether what users wrote in a layer directory is copied, too. */
  readonly copyWritable?: boolean;
  /** `.reg` files that belong to a plain application directory. */
  readonly registry?: readonly string[];
  /** Does everything but write; what a killed run left is not brought to its end either. */
  readonly dryRun?: boolean;
  /** Hears of odd things in the folder, which are no errors then (`openDirectory`). */
  readonly onOdd?: (odd: Odd) => void;
  /** Called after a commit with the folders that the patch removes, but that have stayed: others' files are in them. */
  readonly onKept?: (names: readonly EntryName[]) => void;
  /** Called when something that a killed run had left was brought to its end. */
  readonly onRecovered?: (outcome: Outcome) => void;
}

export interface Place {
  /** Opens the base, after what a killed run has left there is finished or undone: half done, it is neither base nor target. */
  base(): Promise<DirectoryLayer>;
  /** After `base`. */
  target(): Target;
}

export function openPlace(options: PlaceOptions): Place {
  const { to, out, registry = [], dryRun = false, onRecovered, onOdd, onKept, ...rest } = options;
  let opened: WatchedLayer | null = null;
  return {
    async base() {
      if (opened) return opened.layer;
      if (dryRun) assertSettled(join(resolve(to), workFolder));
      const outcome = dryRun ? null : await recoverDirectory(to, { durable: rest.durable ?? true });
      if (outcome !== null) onRecovered?.(outcome);
      opened = openWatched(to, registry, onOdd);
      return opened.layer;
    },
    target() {
      if (!opened) throw new PatchError('E_STAGE', 'the base has to be opened before the target');
      const { layer, assertUnchanged } = opened;
      if (dryRun) return dryTarget(layer, { out, allowDowngrade: rest.allowDowngrade });
      const target =
        out === undefined
          ? inPlaceTarget(layer, { ...rest, assertUnchanged })
          : copyTarget(layer, out, { ...rest, assertUnchanged });
      if (!onKept) return target;
      const made = { ...layer, directory: resolve(out ?? to) };
      return tellingKept(target, (name) => pathIn(made, name), onKept);
    },
  };
}
