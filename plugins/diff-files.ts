/** diff-files: files that the base has under another name → moves and copies; changed and new files → deltas, alone or in groups. */
import type { DeltaCodec } from '../src/delta/codec.ts';
import { type LevelName, levelOf } from '../src/delta/cover/levels.ts';
import { cover } from '../src/delta/cover/cover.ts';
import { xdelta3 } from '../src/delta/xdelta3.ts';
import { threads as threadPool } from '../src/exec/threads.ts';
import { sameContent } from '../src/layer/inventory.ts';
import type { Entry } from '../src/layer/layer.ts';
import { copyEncoding } from '../src/patch/change.ts';
import { defaultLimits } from '../src/patch/limits.ts';
import { type Pairing, pairFiles } from '../src/patch/pairing.ts';
import type Vinyl from 'vinyl';
import type { Comparison } from '../src/stream/comparison.ts';
import { type CodedGroup, codeGroups, withCandidates } from '../src/stream/code-groups.ts';
import {
  type ChangeFile,
  changeFile,
  groupFile,
  isChange,
  isComparison,
  lazyChangeFile,
} from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface DiffFilesOptions {
  /** How much time deltas may take: `fast`, `default` or `max`. */
  readonly level?: LevelName;
  /** The smallest delta of these wins; a file whose deltas are not smaller than itself stays whole. Those of the level if left out. */
  readonly codecs?: readonly DeltaCodec[];
  /** How many threads work; never changes the result. All processors if left out. */
  readonly threads?: number;
}

/** The codecs of a level, in the order in which they are tried. */
export function codecsOf(level: LevelName): readonly DeltaCodec[] {
  return level === 'max' ? [cover({ level }), xdelta3()] : [cover({ level })];
}

export const diffFiles = ({ level = 'default', codecs, threads }: DiffFilesOptions = {}): Stage => {
  levelOf(level);
  const tried = codecs ?? codecsOf(level);
  return stage('diff-files', async function* (files, { signal, report }) {
    const executor = threadPool(threads === undefined ? {} : { concurrency: threads });
    const context = { signal, executor, memoryLimit: defaultLimits.memory };
    try {
      let comparison: Comparison | undefined;
      let target = new Map<string, Entry>();
      let pairing: Pairing = pairFiles([], []);
      const queue: Vinyl[] = [];
      for await (const file of files) {
        if (isComparison(file)) {
          comparison = file.comparison;
          target = new Map(comparison.target.entries.map((entry) => [entry.name, entry]));
          pairing = pairFiles(comparison.base.entries, comparison.target.entries);
          yield file;
        } else if (!isChange(file) || file.change.encoding.length > 0) queue.push(file);
        else if (file.change.kind !== 'remove')
          queue.push((await pair(file, pairing)) ?? lazily(file, target));
        else if (!pairing.given.has(file.change.name)) queue.push(file);
      }
      const candidates = await withCandidates(queue, comparison, level, signal);
      const total = candidates.reduce((sum, { size }) => sum + size, 0);
      let done = 0;
      const onBytes = (bytes: number, label: string): void => {
        report({ done: (done += bytes), total, unit: 'bytes', label });
      };
      const groups: CodedGroup[] = [];
      const coded = new Map<Vinyl, ChangeFile>();
      for await (const result of codeGroups(
        candidates,
        { entries: comparison?.base.entries ?? [], named: namesBefore(queue) },
        tried,
        context,
        onBytes,
      )) {
        const number = result.group ? groups.push(result.group) - 1 : undefined;
        for (const { file, made } of result.files) coded.set(file, await made(number));
      }
      for (const file of queue) yield coded.get(file) ?? file;
      for (const [number, { group, payload }] of groups.entries()) yield groupFile(group, number, payload);
    } finally {
      await executor.close();
    }
  });
};

/** The change as a move or a copy, or null where the base does not have its content. */
async function pair({ change, before }: ChangeFile, pairing: Pairing): Promise<ChangeFile | null> {
  const { after } = change;
  if (after?.type !== 'file' || after.size === 0) return null;
  if (change.before && sameContent(change.before, after)) {
    return changeFile({ ...change, encoding: [copyEncoding] }, null, before);
  }
  const from = change.kind === 'add' ? pairing.moves.get(change.name) : undefined;
  if (from) {
    const move = { kind: 'move', name: change.name, from: from.name, before: from.meta, after } as const;
    return changeFile({ ...move, encoding: [], payload: 0 }, null, from.bytes);
  }
  const reference = pairing.copyOf(after.digest);
  return reference && changeFile({ ...change, encoding: [copyEncoding], reference }, null, before);
}

/** The change with contents that are read again when they are needed, since all changes wait here for each other. */
function lazily(file: ChangeFile, target: ReadonlyMap<string, Entry>): ChangeFile {
  const { name, after } = file.change;
  if (after?.type !== 'file' || !file.isBuffer() || file.contents.length < 4096) return file;
  const entry = target.get(name);
  const same = entry?.meta.type === 'file' && entry.meta.digest === after.digest;
  return same && entry.bytes ? lazyChangeFile(file.change, entry.bytes, file.before) : file;
}

/** Names in the base that the changes say. */
function namesBefore(files: readonly Vinyl[]): Set<string> {
  return new Set(
    files.flatMap((file) => {
      if (!isChange(file) || !file.change.before) return [];
      return [file.change.kind === 'move' ? file.change.from : file.change.name];
    }),
  );
}
