/** diff-files: files that the base has under another name → moves and copies; changed files → deltas. */
import type { DeltaCodec } from '../src/delta/codec.ts';
import { xdelta3 } from '../src/delta/xdelta3.ts';
import type { Executor } from '../src/exec/executor.ts';
import { threads as threadPool } from '../src/exec/threads.ts';
import { sameContent } from '../src/layer/inventory.ts';
import { copyEncoding } from '../src/patch/change.ts';
import { encodeContent } from '../src/patch/encode-content.ts';
import { defaultLimits } from '../src/patch/limits.ts';
import { type Pairing, pairFiles } from '../src/patch/pairing.ts';
import type Vinyl from 'vinyl';
import { type ChangeFile, bytesOfFile, changeFile, isChange, isComparison } from '../src/stream/file.ts';
import { mapOrdered } from '../src/stream/map.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface DiffFilesOptions {
  /** The smallest delta of these wins; a file whose deltas are not smaller than itself stays whole. */
  readonly codecs?: readonly DeltaCodec[];
  /** How many threads work; never changes the result. All processors if left out. */
  readonly threads?: number;
}

export const diffFiles = ({ codecs = [xdelta3()], threads }: DiffFilesOptions = {}): Stage =>
  stage('diff-files', async function* (files, { signal, report }) {
    const executor = threadPool(threads === undefined ? {} : { concurrency: threads });
    const context = { signal, executor, memoryLimit: defaultLimits.memory };
    let pairing: Pairing = pairFiles([], []);
    let done = 0;
    const encode = async (file: Vinyl): Promise<Vinyl | null> => {
      if (isComparison(file)) {
        pairing = pairFiles(file.comparison.base.entries, file.comparison.target.entries);
        return file;
      }
      if (!isChange(file) || file.change.encoding.length > 0) return file;
      if (file.change.kind === 'remove') return pairing.given.has(file.change.name) ? null : file;
      const paired = await pair(file, pairing);
      report({ done: ++done, total: null, unit: 'entries', label: file.change.name });
      return paired ?? delta(file, codecs, context);
    };
    try {
      for await (const file of mapOrdered(files, executor.concurrency, encode)) if (file) yield file;
    } finally {
      await executor.close();
    }
  });

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

/** The change with a delta from its content before, or as it is where no delta gains. */
async function delta(
  file: ChangeFile,
  codecs: readonly DeltaCodec[],
  context: { signal: AbortSignal; executor: Executor; memoryLimit: number },
): Promise<ChangeFile> {
  const { change, before } = file;
  const target = bytesOfFile(file);
  const worthIt = change.before?.type === 'file' && change.before.size > 0 && change.after?.type === 'file';
  if (!worthIt || !before || !target || change.after.size === 0) return file;
  const encoded = await encodeContent(before, target, change.after.digest, codecs, context);
  return encoded ? changeFile({ ...change, encoding: [encoded.codec] }, encoded.delta, before) : file;
}
