/** What one of several patches makes: what is the target's goes on, and what the next patch needs is kept. */
import type { Bytes } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { hiveEntry, parseHive } from '../layer/hive-entry.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import type { Entries } from '../layer/layered.ts';
import type { Entry, Layer } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import { type Change, isOwnCopy } from '../patch/change.ts';
import type { Composed, Content } from '../patch/compose.ts';
import { type ChangeFile, bytesOfFile, changeFile, contentsOf, streamOf, streamedFile } from './file.ts';
import type { Keeper } from './keep-contents.ts';
import type { Plan } from './plan.ts';
import { isKept } from './together.ts';
import { witnessOf } from './witness.ts';

export interface TakenStep {
  /** Takes a finished change, and gives the net change that its content belongs to, if any. */
  take(file: ChangeFile): Promise<ChangeFile | null>;
  /** What the patch has left at the names that it touches. */
  readonly entries: Entries;
}

export interface StepOptions {
  readonly plan: Plan;
  readonly number: number;
  /** What the patch is applied to. */
  readonly below: Layer;
  readonly composed: Composed;
  readonly keeper: Keeper;
}

export function takeStep({ plan, number, below, composed, keeper }: StepOptions): TakenStep {
  const contents = composed.contents[number] ?? new Map<EntryName, Content>();
  const net = new Map(composed.changes.map((change) => [change.name, change]));
  // A finished change does not tell any more how it was coded.
  const records = new Map(plan.changes.map((change) => [change.name, change]));
  // Files of a group come one behind the other: where one is kept here, none may wait for a reader elsewhere.
  const kept = new Set(
    plan.changes.flatMap(({ name, group }) =>
      group === undefined || isDirect(contents.get(name)) ? [] : [group],
    ),
  );
  const entries = new Map<EntryName, Entry | null>();

  const found = async (name: EntryName): Promise<Entry | null> => below.readOnly.entry(name);
  const withoutContent = async (change: Change): Promise<void> => {
    const { name, after, kind } = change;
    if (after === null) {
      entries.set(name, null);
    } else if (kind === 'move' || isOwnCopy(change)) {
      const from = kind === 'move' ? change.from : name;
      const old = await found(from);
      entries.set(name, old && renamed(old, name, after));
      if (kind === 'move' && !records.has(from)) entries.set(from, null);
    } else {
      entries.set(name, { name, meta: after, bytes: null });
    }
  };
  const hive = async (file: ChangeFile, { keep, final }: Content): Promise<ChangeFile | null> => {
    const { name } = file.change;
    const root = hiveRootOf(name);
    const text = await contentsOf(file);
    if (root !== null && keep !== 'nothing') entries.set(name, hiveEntry(root, parseHive(root, text, name)));
    const target = final !== null && net.get(final);
    return target ? changeFile(finished(target), text) : null;
  };
  const content = async (file: ChangeFile, one: Content): Promise<ChangeFile | null> => {
    const { name, after } = file.change;
    const target = one.final === null ? undefined : net.get(one.final);
    if (after?.type !== 'file') return null;
    const group = records.get(name)?.group;
    if (target && isDirect(one) && (group === undefined || !kept.has(group))) {
      // Nobody looks at it any more.
      entries.set(name, { name, meta: after, bytes: null });
      return file.isBuffer()
        ? changeFile(finished(target), bytesOfFile(file))
        : streamedFile(finished(target), keeper.watch(number, streamOf(file)));
    }
    let bytes: Bytes | null = null;
    if (isKept(one) || target) bytes = await keeper.keep(one, streamOf(file));
    else await drained(streamOf(file));
    const digest = witnessOf(plan).digest(name);
    if (digest === undefined) throw new PatchError('E_STAGE', `${name}: nobody has seen its digest`);
    entries.set(name, { name, meta: { ...after, digest }, bytes });
    return target ? changeFile(finished(target), bytes) : null;
  };
  return {
    entries,
    async take(file) {
      const { name, before, after } = file.change;
      const one = contents.get(name);
      if (one && (before?.type === 'hive' || after?.type === 'hive')) return hive(file, one);
      if (one) return content(file, one);
      await withoutContent(records.get(name) ?? file.change);
      return null;
    },
  };
}

/** A net change as `deploy` takes it: with its whole content, or none. */
export function finished(change: Change): Change {
  return { ...change, encoding: [], payload: 0 };
}

function isDirect(content: Content | undefined): boolean {
  return content !== undefined && content.keep === 'nothing' && content.final !== null;
}

function renamed(entry: Entry, name: EntryName, after: Entry['meta']): Entry {
  const mode = 'mode' in after ? { mode: after.mode } : {};
  return { ...entry, name, meta: { ...entry.meta, ...mode } };
}

async function drained(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) piece satisfies Uint8Array;
}
