/**
 * What a transaction is going to do, whole, before it does any of it; and the file that says so. Its name is the state of
 * the transaction, and renaming it is the step from one state to the next.
 */
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { type Digest, digestOf } from '../../bytes.ts';
import { PatchError, systemCode } from '../../errors.ts';
import { assertBounds } from './bounds.ts';
import type { Flusher } from './flush.ts';

const patch = z.object({
  id: z.string(),
  name: z.string(),
  from: z.string(),
  to: z.string(),
  /** No patch: what differed from the version that is there was restored. */
  repair: z.literal(true).optional(),
});

const take = z.object({
  path: z.string(),
  to: z.string(),
  /** A folder stays where it has something in it. */
  keep: z.boolean().optional(),
  /** A folder goes with everything in it. */
  whole: z.boolean().optional(),
  /** The file stays readable, under a second name, until a put with `over` takes its place in one step. */
  stay: z.boolean().optional(),
});

const put = z.object({
  path: z.string(),
  /** Null: a new folder. */
  from: z.string().nullable(),
  /** What a file is to be then, or the beginning of it (FORMAT §5.2), to tell later whether somebody changed it. */
  digest: z.string().refine(isDigestStart).optional(),
  link: z.string().optional(),
  /** Takes the place of the file that a take with `stay` has left there. */
  over: z.boolean().optional(),
});

function isDigestStart(text: string): text is Digest {
  return /^sha256:[0-9a-f]{0,64}$/.test(text);
}

const mode = z.tuple([z.string(), z.int().min(0).max(0o7777)]);

const schema = z.object({
  format: z.literal(1),
  /** For people. */
  patch,
  /** The folder that gets this record and the backups at the end; null where nothing is kept. */
  keep: z.string().nullable(),
  /** Old things that go to a backup, or to a place from where they are put elsewhere; deepest first. */
  takes: z.array(take),
  /** New things that come to their places; folders before what is in them. */
  puts: z.array(put),
  /** Modes at the end, where they are not the drafts' own. */
  modes: z.array(mode),
  /** Modes of the same things at the beginning. */
  restore: z.array(mode),
});

export type Take = z.infer<typeof take>;
export type Put = z.infer<typeof put>;
export type Mode = z.infer<typeof mode>;
export type PatchFacts = z.infer<typeof patch>;
export type Transaction = Omit<z.infer<typeof schema>, 'format'>;

/**
 * `take`, `put`: on the way to the target, old things first, then new ones. `unput`, `untake`: on the way back.
 * `done`: at either end; what is left is to clean up.
 */
export const states = ['take', 'put', 'unput', 'untake', 'done'] as const;
export type State = (typeof states)[number];

export function recordPath(work: string, state: State): string {
  return join(work, `${state}.json`);
}

/** Writes the record whole: flushed beside, then renamed. After that, the transaction is decided. */
export async function writeRecord(
  work: string,
  state: State,
  transaction: Transaction,
  flusher: Flusher,
): Promise<void> {
  const draft = join(work, 'record.tmp');
  const file = openSync(draft, 'w', 0o600);
  let taken = false;
  try {
    const data = encode(transaction, dirname(work));
    for (let done = 0; done < data.length;) done += writeSync(file, data, done);
    taken = true;
    await flusher.file(file);
    await flusher.settled();
  } finally {
    if (!taken) closeSync(file);
  }
  renameSync(draft, recordPath(work, state));
  await flusher.paths([work]);
}

/** Takes the step from one state to another. */
export async function changeState(work: string, from: State, to: State, flusher: Flusher): Promise<void> {
  renameSync(recordPath(work, from), recordPath(work, to));
  await flusher.paths([work]);
}

export interface FoundRecord {
  readonly state: State;
  readonly transaction: Transaction;
}

/** The record in a work folder, null where there is none. E_CONFLICT where it is damaged or not ours. */
export function findRecord(work: string): FoundRecord | null {
  for (const state of states) {
    const transaction = readRecord(recordPath(work, state), dirname(work));
    if (transaction) return { state, transaction };
  }
  return null;
}

/** Reads a record whose paths are relative to `root`; null where there is none. */
export function readRecord(path: string, root: string): Transaction | null {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
  try {
    return decode(data, root, dirname(path));
  } catch (error) {
    throw new PatchError('E_CONFLICT', `${path}: an interrupted run left a record that cannot be read`, {
      entry: path,
      help: `nothing was touched; the old content is in ${join(dirname(path), 'backup')}`,
      cause: error,
    });
  }
}

/** A line of JSON and the digest of it. Paths are relative, since the target may be elsewhere when someone finds it. */
export function encode(transaction: Transaction, root: string): Buffer {
  const text = JSON.stringify({ format: 1, ...withPaths(transaction, (path) => relative(root, path)) });
  return Buffer.from(`${text}\n${digestOf(Buffer.from(text))}\n`);
}

function decode(data: Buffer, root: string, folder: string): Transaction {
  const [text = '', digest] = data.toString('utf8').split('\n');
  if (digest !== digestOf(Buffer.from(text))) throw new Error('the digest does not fit');
  const found = withPaths(schema.parse(JSON.parse(text)), (path) => resolve(root, path));
  assertBounds(found, root, folder);
  return found;
}

function withPaths(
  { patch: facts, takes, puts, modes, restore, keep }: Transaction,
  change: (path: string) => string,
): Transaction {
  const changed = ([path, bits]: Mode): Mode => [change(path), bits];
  return {
    patch: facts,
    keep: keep === null ? null : change(keep),
    takes: takes.map((one) => ({ ...one, path: change(one.path), to: change(one.to) })),
    puts: puts.map((one) => ({
      ...one,
      path: change(one.path),
      from: one.from === null ? null : change(one.from),
    })),
    modes: modes.map(changed),
    restore: restore.map(changed),
  };
}
