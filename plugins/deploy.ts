/** deploy: finished changes → a target, all or nothing; or a `.vpa` → a file. The only stage that writes. */
import type Vinyl from 'vinyl';
import type { Plan } from '../src/stream/plan.ts';
import type { Release, Target } from '../src/store/target.ts';
import { witnessOf } from '../src/stream/witness.ts';
import { writeWhole } from '../src/store/write-whole.ts';
import { type ChangeFile, changeFile, isChange, isPlan, isRelease, streamOf } from '../src/stream/file.ts';
import { type Stage, ending, stage } from '../src/stream/stage.ts';
import { PatchError } from '../src/errors.ts';

export type DeployOptions =
  /** Where changes go; as a function, it is called when the first file comes. */
  | { readonly target: Target | (() => Target) }
  /** The path that a `.vpa` is written to. */
  | { readonly file: string };

export const deploy = (options: DeployOptions): Stage =>
  ending(
    stage('deploy', (files, { signal, report }) =>
      'target' in options
        ? deployChanges(files, options.target, signal, report)
        : deployFile(files, options.file, signal),
    ),
  );

type Report = (progress: { done: number; total: number | null; unit: 'entries'; label: string }) => void;

async function* deployChanges(
  files: AsyncIterable<Vinyl>,
  given: Target | (() => Target),
  signal: AbortSignal,
  report: Report,
): AsyncGenerator<Vinyl> {
  let opened: Target | undefined;
  const target = (): Target => (opened ??= typeof given === 'function' ? given() : given);
  const staged: ChangeFile['change'][] = [];
  let plan: Plan | undefined;
  let total: number | undefined;
  let committed = false;
  let [brought, lastBrought] = [0, ''];
  const onBrought = (label: string): void => {
    lastBrought = label;
    report({ done: staged.length + ++brought, total: null, unit: 'entries', label });
  };
  try {
    for await (const file of files) {
      if (isPlan(file)) {
        plan = file.plan;
        total = plan.changes.length;
        await target().prepare(releaseOf(plan), signal);
        yield file;
      } else if (isRelease(file)) {
        total = file.release.changes.length;
        // Where there is nothing to do, not even a claim is made.
        if (total > 0) await target().prepare(file.release, signal);
        yield file;
      } else if (isChange(file)) {
        if (file.change.encoding.length > 0) {
          throw new PatchError('E_STAGE', `${file.change.name}: is still coded`, {
            help: 'apply has to stand before deploy',
          });
        }
        await target().stage(file.change, file.isNull() ? null : streamOf(file), signal);
        staged.push(file.change);
        report({
          done: staged.length,
          total: total ?? staged.length,
          unit: 'entries',
          label: file.change.name,
        });
      } else {
        yield file;
      }
    }
    if (plan) witnessOf(plan).confirm();
    if (plan || staged.length > 0) await target().commit(signal, onBrought);
    committed = true;
    const done = staged.length + brought;
    if (brought > 0) report({ done, total: done, unit: 'entries', label: lastBrought });
  } finally {
    // Also where the consumer went away, which ends this generator without an error.
    if (!committed) await opened?.abort();
  }
  for (const change of staged) yield await changeFile(change, null);
}

function releaseOf(plan: Plan): Release {
  const { manifest, states, changes, earlier = [], temporary } = plan;
  const { application, base, target: state, sequence } = manifest;
  const witness = witnessOf(plan);
  const sequences = earlier.flatMap((one) => one.sequence ?? []);
  return {
    identity: { ...application, version: state.version },
    from: base.version,
    digest: state.digest,
    size: states.target.size,
    ...(sequence !== undefined && { sequence }),
    ...(sequences.length > 0 && { earlier: sequences }),
    ...(temporary !== undefined && { temporary }),
    changes,
    digestOf: (name) => witness.digest(name),
  };
}

async function* deployFile(
  files: AsyncIterable<Vinyl>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Vinyl> {
  for await (const file of files) {
    if (file.extname === '.vpa') await writeWhole(path, streamOf(file), signal);
    yield file;
  }
}
