/** apply-steps: several `.vpa` files + the base → the changes that they come to, with their whole new contents. */
import { PatchError } from '../src/errors.ts';
import { remembered } from '../src/layer/layered.ts';
import type { Entry, Layer } from '../src/layer/layer.ts';
import type { EntryName } from '../src/layer/name.ts';
import { type Composed, compose } from '../src/patch/compose.ts';
import { orderSteps } from '../src/patch/order-steps.ts';
import { baseView } from '../src/store/base-view.ts';
import { findStart } from '../src/store/find-start.ts';
import { assertTemporarySpace } from '../src/store/space.ts';
import { bytesOfArchive } from '../src/stream/archive-bytes.ts';
import { isChange, labelOf, planFile } from '../src/stream/file.ts';
import { filesOf } from '../src/stream/files-of.ts';
import { makeTogether } from '../src/stream/make-together.ts';
import { chainFor, readPlan } from '../src/stream/read-plan.ts';
import { type Stage, type StageContext, stage } from '../src/stream/stage.ts';
import { type OpenedStep, type Together, togetherOf } from '../src/stream/together.ts';

export interface ApplyStepsOptions {
  /** What the first patch is applied to; only read. */
  readonly base: () => Layer | Promise<Layer>;
  /** Stages from one `.vpa` file to its finished changes: `unpack`, `verify`, `apply`. Called anew for each patch; the first is the one that meets the target as it is. */
  readonly steps: (base: () => Layer | Promise<Layer>, isFirst: boolean) => readonly Stage[];
  /** Variable name → this machine's path, beside those of the layer. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Hears what is going to be done, before anything is. */
  readonly onPlan?: (together: Together) => void;
}

/**
 * The patches may come in any order. Each is applied to what those before it make, which is kept only as far as a later one needs it;
 * what leaves the stage is one plan and its changes. Patches that the base has already are passed over; if it has all, nothing comes out.
 */
export const applySteps = (options: ApplyStepsOptions): Stage =>
  stage('apply-steps', async function* (files, context) {
    const archives: Pick<OpenedStep, 'label' | 'archive'>[] = [];
    for await (const file of files) {
      if (file.extname === '.vpa')
        archives.push({ label: labelOf(file), archive: await bytesOfArchive(file) });
      else yield file;
    }
    if (archives.length === 0) return;
    const opened: OpenedStep[] = [];
    for (const { label, archive } of archives)
      opened.push(await openStep(label, archive, options, context, opened.length === 0));
    const steps = orderSteps(opened);
    const base = remembered(await options.base());
    const { together, composed } = await begin(steps, base, options, context);
    options.onPlan?.(together);
    tellApplied(together, context);
    const last = steps.at(-1);
    if (last && together.applied === steps.length) {
      // Its own apply has the last word: it may have been asked to look at more.
      const chain = chainFor(
        last.archive,
        last.label,
        options.steps(() => base, true),
      );
      for await (const file of filesOf(chain, { signal: context.signal }))
        if (isChange(file)) throw misread(last);
      return;
    }
    assertTemporarySpace(together.temporary);
    yield planFile(together.plan);
    yield* makeTogether({ together, composed, base, steps: options.steps }, context);
  });

async function openStep(
  label: string,
  archive: OpenedStep['archive'],
  { steps }: ApplyStepsOptions,
  { signal, notice }: StageContext,
  isFirst: boolean,
): Promise<OpenedStep> {
  const stages = steps(nothing, false);
  const end = stages.findIndex((one) => one.stage === 'apply');
  const onNotice: StageContext['notice'] = ({ code, message }) => {
    if (isFirst || code !== 'untrusted') notice({ code, message });
  };
  const plan = await readPlan(archive, label, stages.slice(0, end), { signal, onNotice });
  return { label, archive, plan, manifest: plan.manifest };
}

function nothing(): never {
  throw new PatchError('E_STAGE', 'only the plan was to be read');
}

async function begin(
  steps: readonly OpenedStep[],
  base: Layer,
  { variables = {} }: ApplyStepsOptions,
  { signal }: StageContext,
): Promise<{ readonly together: Together; readonly composed: Composed }> {
  const views = steps.map(({ manifest }) => baseView(base, manifest.rules, variables));
  const lookUp = async (name: EntryName, step: number): Promise<Entry | null> =>
    (await views[step]?.entry(name, signal)) ?? null;
  const parts = steps.map(({ label, plan }) => ({ label, ...plan }));
  const { applied, composed } = await findStart(parts, versionsOf(steps), lookUp, signal);
  const told = applied < steps.length ? composed : compose(parts);
  return { together: togetherOf(steps, applied, told), composed };
}

function misread({ label }: OpenedStep): PatchError {
  return new PatchError('E_BUSY', `${label}: the target was changed while it was looked at`, {
    help: 'run it again when nobody else changes it',
  });
}

function tellApplied({ steps, applied }: Together, { notice }: StageContext): void {
  if (applied === steps.length) {
    notice({ code: 'already-applied', message: 'this is the version that the patches make already' });
    return;
  }
  for (const { label } of steps.slice(0, applied))
    notice({ code: 'already-applied', message: `${label} is applied already` });
}

function versionsOf(steps: readonly OpenedStep[]): string[] {
  const [first] = steps;
  return [
    ...(first ? [first.manifest.base.version] : []),
    ...steps.map(({ manifest }) => manifest.target.version),
  ];
}
