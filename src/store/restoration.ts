/** What brings an installed folder back to the state of a source: what is missing or changed comes back, what is extra stays. */
import type { Digest } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { contentSize, stateDigest } from '../layer/inventory.ts';
import type { Entry, Identity, Meta } from '../layer/layer.ts';
import { type EntryName, compareNames, parentOf } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import { changeOf } from '../patch/change-of.ts';
import type { Release } from '../patch/release.ts';
import type { Line } from '../patch/touched.ts';
import { type Difference, differenceOf } from './drift.ts';
import type { Written } from './written.ts';

/** Both states as the rules show them, in byte order of names. */
export interface Compared {
  readonly base: { readonly identity: Identity; readonly entries: readonly Entry[] };
  readonly target: { readonly identity: Identity; readonly entries: readonly Entry[] };
}

export interface RestorationOptions {
  /** Also removes what the source does not have. */
  readonly removeExtra?: boolean;
  /** Also where the source is of another application or version, or has nothing in common with what is there. */
  readonly force?: boolean;
  /** What the source has to be: one of these states, whose name it gets; any if left out. */
  readonly expected?: readonly { readonly identity: Identity; readonly digest: Digest }[];
  /** Tells when an entry was last written. */
  readonly written?: (name: EntryName) => Written | null;
}

export interface Restoration extends Release {
  /** What is missing or changed, modes included. */
  readonly differences: readonly Difference[];
  /** What the source does not have. */
  readonly extras: readonly Line[];
  /** How many entries the source has. */
  readonly entries: number;
  /** What is there, before anything is restored. */
  readonly found: Amount;
}

export interface Amount {
  readonly entries: number;
  /** Of all files and hives, in bytes. */
  readonly size: number;
}

/**
 * E_BASE_MISMATCH where the source is not of what is there, or not of the expected state; E_CONFLICT where extra entries
 * are in a folder that has to give way, with each of them.
 */
export function planRestoration({ base, target }: Compared, options: RestorationOptions = {}): Restoration {
  const { removeExtra = false, written = () => null } = options;
  const known = new Map(base.entries.map((entry) => [entry.name, entry]));
  const digest = stateDigest(target.entries);
  const identity = identityOf({ base, target }, digest, options);
  if (options.force !== true) assertRelated({ base, target }, known);
  const changes: Change[] = [];
  const differences: Difference[] = [];
  for (const entry of target.entries) {
    const found = known.get(entry.name);
    known.delete(entry.name);
    const change = changeOf(found, entry);
    if (change === null) continue;
    changes.push(change);
    const difference = differenceOf(entry.name, entry.meta, found?.meta ?? null, { modes: true });
    if (difference) differences.push({ ...difference, ...(found && written(entry.name)) });
  }
  const extras = [...known.values()].map(({ name, meta }) => ({ name, meta }));
  const removals = [...known.values()].flatMap((entry) => changeOf(entry, null) ?? []);
  if (!removeExtra) assertRoom(changes, extras);
  return {
    identity,
    from: base.identity.version || identity.version,
    digest,
    size: contentSize(target.entries),
    changes: [...changes, ...(removeExtra ? removals : [])].sort((a, b) => compareNames(a.name, b.name)),
    repair: true,
    differences,
    extras,
    entries: target.entries.length,
    found: { entries: base.entries.length, size: contentSize(base.entries) },
  };
}

function identityOf({ base, target }: Compared, digest: Digest, { expected }: RestorationOptions): Identity {
  const { id, name, version } = target.identity;
  if (expected === undefined) {
    const own = base.identity;
    // A plain folder has no name but that of its folder.
    return {
      id: id || own.id,
      name: (own.id === '' && name) || own.name || name,
      version: version || own.version,
    };
  }
  const state = expected.find((one) => one.digest === digest);
  if (state) return state.identity;
  throw new PatchError(
    'E_BASE_MISMATCH',
    'the source is neither the version that the patch is for nor the one it makes',
    {
      help: 'give the version that the patch is for, as it was released',
      details: [
        ...expected.map((one) => `${one.identity.version || '(no version)'}  ${one.digest}`),
        `the source  ${digest}`,
      ],
    },
  );
}

/** A source that was named by mistake would be poured over what is there. */
function assertRelated({ base, target }: Compared, known: ReadonlyMap<EntryName, Entry>): void {
  const refuse = (message: string): never => {
    throw new PatchError('E_BASE_MISMATCH', message, {
      help: 'give the version that is installed there; or say that it is the right one all the same (--force)',
    });
  };
  const [here, there] = [base.identity, target.identity];
  if (here.id !== '' && there.id === '')
    refuse('the source is a plain folder, and a layer is to be repaired');
  if (here.id !== '' && here.id !== there.id)
    refuse(`the source is ${there.name} (${there.id}), and what is there is ${here.name} (${here.id})`);
  if (here.version !== '' && there.version !== '' && here.version !== there.version)
    refuse(`the source is the version ${there.version}, and what is there is ${here.version}`);
  const files = target.entries.filter(({ meta }) => meta.type === 'file');
  if (files.length > 0 && base.entries.length > 0 && !files.some(({ name }) => known.has(name)))
    refuse(`not one of the ${files.length} files of the source is there`);
}

/** Extra entries stay; so what they are in has to stay a folder. */
function assertRoom(changes: readonly Change[], extras: readonly Line[]): void {
  const closing = new Map<EntryName, Meta>();
  for (const { name, before, after } of changes)
    if (before?.type === 'directory' && after && after.type !== 'directory') closing.set(name, after);
  const inside = extras.flatMap(({ name }) => {
    for (let up = parentOf(name); up !== null; up = parentOf(up)) if (closing.has(up)) return [{ name, up }];
    return [];
  });
  const [first] = inside;
  if (first === undefined) return;
  throw new PatchError(
    'E_CONFLICT',
    `${first.up}: has to become a ${closing.get(first.up)?.type ?? 'file'} again, but the folder in its place has things in it that the source does not have`,
    {
      entry: first.up,
      help: 'move them away, or have them removed (--remove-extra)',
      details: inside.map(({ name }) => name),
    },
  );
}
