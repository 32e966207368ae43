/** restore: a comparison of an installed folder with a source and its changes → what brings the folder back to that state. */
import { bytesOf } from '../src/bytes.ts';
import { PatchError } from '../src/errors.ts';
import { sameContent, sameMeta } from '../src/layer/inventory.ts';
import type { DirectoryLayer } from '../src/layer/directory-layer.ts';
import type { Entry } from '../src/layer/layer.ts';
import type { EntryName } from '../src/layer/name.ts';
import type { Change } from '../src/patch/change.ts';
import { verbatim } from '../src/patch/verbatim.ts';
import { type BaseView, baseView, hiveAfter } from '../src/store/base-view.ts';
import { type Restoration, type RestorationOptions, planRestoration } from '../src/store/restoration.ts';
import { writtenIn } from '../src/store/written.ts';
import {
  type ChangeFile,
  bytesOfFile,
  changeFile,
  isChange,
  isComparison,
  releaseFile,
  streamedFile,
} from '../src/stream/file.ts';
import { collect, counted } from '../src/stream/pieces.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface RestoreOptions extends Omit<RestorationOptions, 'written'> {
  /** The installed folder, the base of the comparison; only read. */
  readonly base: () => DirectoryLayer | Promise<DirectoryLayer>;
  /** Variable name → this machine's path, beside those of the layer. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Is told what is going to happen, before any of it does; what it throws ends the run. */
  readonly confirm?: (restoration: Restoration) => void | Promise<void>;
}

/**
 * Extra entries stay, so that their removals do not pass. A changed hive becomes that of the source, but for what the rules
 * call volatile. Contents are the source's, checked while they are read; `diff-registry` has to stand before.
 */
export const restore = ({ base, variables = {}, confirm, ...options }: RestoreOptions): Stage =>
  stage('restore', async function* (files, { signal, report }) {
    let view: BaseView | undefined;
    let wanted: ReadonlySet<EntryName> = new Set();
    let [done, total] = [0, 0];
    const onBytes = (bytes: number, label: string): void =>
      report({ done: (done += bytes), total, unit: 'bytes', label });
    for await (const file of files) {
      if (isComparison(file)) {
        const layer = await base();
        const written = writtenIn(layer);
        const restoration = planRestoration(file.comparison, { ...options, written });
        const { changes } = restoration;
        assertRegistryFiles(changes, layer);
        view = baseView(layer, file.comparison.rules, { ...variables, ...layer.variables });
        await assertAsSeen(changes, view, signal);
        await confirm?.(restoration);
        wanted = new Set(changes.map(({ name }) => name));
        total = changes.reduce((sum, change) => sum + (needsContent(change) ? change.after.size : 0), 0);
        yield file;
        yield releaseFile(restoration);
      } else if (isChange(file)) {
        if (!view) throw new PatchError('E_STAGE', 'capture has to stand before restore');
        if (wanted.has(file.change.name)) yield await restored(file, view, signal, onBytes);
      } else {
        yield file;
      }
    }
  });

/** Looks again at what is going to be replaced: from here on, the folder is watched (`openWatched`). */
async function assertAsSeen(changes: readonly Change[], view: BaseView, signal: AbortSignal): Promise<void> {
  for (const { name, before } of changes) {
    const now: Entry | null = await view.entry(name, signal);
    if (now === null || before === null ? now === before : sameMeta(now.meta, before)) continue;
    throw new PatchError('E_BUSY', `${name}: was changed while it was looked at`, {
      entry: name,
      help: 'run it again when nobody else changes the folder',
    });
  }
}

function assertRegistryFiles(changes: readonly Change[], layer: DirectoryLayer): void {
  if (layer.description !== null || layer.registryFiles.length > 0) return;
  const hive = changes.find(({ after }) => after?.type === 'hive');
  if (hive === undefined) return;
  throw new PatchError(
    'E_CONFLICT',
    'the source has a registry, and no registry file of the folder was given',
    {
      entry: hive.name,
      help: "name it (--registry), or leave the registry as it is (--exclude 'Registry/**')",
    },
  );
}

type WithContent = Change & { readonly after: { readonly type: 'file'; readonly size: number } };

/** Where only the mode differs, the file stays. */
function needsContent(change: Change): change is WithContent {
  const { before, after } = change;
  return after?.type === 'file' && !(before && sameContent(before, after));
}

/** Contents of a file up to this size are read at once, larger ones while they are written. */
const wholeSize = 64 << 10;

async function restored(
  file: ChangeFile,
  view: BaseView,
  signal: AbortSignal,
  onBytes: (bytes: number, label: string) => void,
): Promise<ChangeFile> {
  const { change } = file;
  const done = { ...change, encoding: [], payload: 0 };
  const bytes = bytesOfFile(file) ?? bytesOf(new Uint8Array());
  if (change.after?.type === 'hive' || change.before?.type === 'hive')
    return changeFile(done, await hiveAfter(view, change, bytes, () => undefined));
  if (!needsContent(change)) return changeFile(done, null);
  const contents = counted(verbatim(change, bytes, signal), (count) => onBytes(count, change.name));
  return change.after.size > wholeSize
    ? streamedFile(done, contents)
    : changeFile(done, await collect(contents));
}
