/** apply-steps: several `.vpa` files + the base → the changes that they come to, with their whole new contents. */
import type Vinyl from 'vinyl';
import { type Digest, chunksOf } from '../src/bytes.ts';
import { PatchError } from '../src/errors.ts';
import { layered, remembered } from '../src/layer/layered.ts';
import type { Entry, Layer } from '../src/layer/layer.ts';
import type { EntryName } from '../src/layer/name.ts';
import { isOwnCopy } from '../src/patch/change.ts';
import { type Composed, compose } from '../src/patch/compose.ts';
import { checked } from '../src/patch/decode-content.ts';
import { orderSteps } from '../src/patch/order-steps.ts';
import { baseView } from '../src/store/base-view.ts';
import { findStart } from '../src/store/find-start.ts';
import { bytesOfArchive } from '../src/stream/archive-bytes.ts';
import { changeFile, isChange, isPlan, labelOf, planFile, streamedFile } from '../src/stream/file.ts';
import { filesOf } from '../src/stream/files-of.ts';
import { createKeeper } from '../src/stream/keep-contents.ts';
import { type Plan, sizeOfContents } from '../src/stream/plan.ts';
import { chainFor, labelled, readPlan } from '../src/stream/read-plan.ts';
import { type Stage, type StageContext, stage } from '../src/stream/stage.ts';
import { type TakenStep, finished, takeStep } from '../src/stream/take-step.ts';
import { type OpenedStep, type Together, togetherOf } from '../src/stream/together.ts';
import { witnessOf, witnessTogether } from '../src/stream/witness.ts';

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
    yield planFile(together.plan);
    yield* made(together, composed, base, options, context);
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

/** Each patch in turn; then what has no content, or one of the base. */
async function* made(
  { plan: whole, steps, applied }: Together,
  composed: Composed,
  base: Layer,
  options: ApplyStepsOptions,
  { signal, report }: StageContext,
): AsyncGenerator<Vinyl> {
  const keeper = createKeeper();
  const plans: Plan[] = [];
  const digests = await digestsOf(composed, base);
  const seen = (name: EntryName): Digest | undefined => {
    for (const [number, contents] of composed.contents.entries()) {
      const plan = plans[number];
      for (const one of plan ? contents.values() : [])
        if (plan && one.final === name) return witnessOf(plan).digest(one.name);
    }
    return digests.get(name);
  };
  witnessTogether(whole, () => plans, seen);
  const todo = steps.slice(applied);
  const total = todo.reduce((sum, { plan }) => sum + sizeOfContents(plan), 0);
  const entries = new Map<EntryName, Entry | null>();
  const brought = new Set<EntryName>();
  let before = 0;
  for (const [number, step] of todo.entries()) {
    const below = layered(base, new Map(entries));
    let taken: TakenStep | null = null;
    const chain = chainFor(
      step.archive,
      step.label,
      options.steps(() => below, number === 0),
    );
    const running = {
      signal,
      onProgress: ({
        stage: name,
        done,
        label,
        unit,
      }: {
        stage: string;
        done: number;
        label: string;
        unit: string;
      }) => {
        if (name === 'apply' && unit === 'bytes')
          report({ done: before + done, total, unit: 'bytes', label });
      },
    };
    try {
      for await (const file of filesOf(chain, running)) {
        if (isPlan(file)) {
          const plan = sameAs(step, file.plan);
          plans.push(plan);
          taken = takeStep({ plan, number, below, composed, keeper });
        } else if (!isChange(file)) {
          yield file;
        } else {
          const next = await taken?.take(file);
          if (next) brought.add(next.change.name);
          if (next) yield next;
        }
      }
    } catch (error) {
      throw labelled(error, step.label);
    }
    // It was looked at before; but where nothing has modes, a patch of modes alone is always applied already.
    if (!taken && (composed.contents[number]?.size ?? 0) > 0)
      throw new PatchError('E_FORMAT', `${step.label}: changes nothing`, { entry: step.label });
    for (const [name, entry] of taken?.entries ?? []) entries.set(name, entry);
    keeper.passed(number);
    before += sizeOfContents(step.plan);
  }
  for (const change of composed.changes) {
    if (brought.has(change.name)) continue;
    const from = composed.copies.get(change.name);
    const bytes = from === undefined ? null : (await base.readOnly.entry(from, signal))?.bytes;
    yield bytes
      ? streamedFile(
          finished(change),
          checked(change, chunksOf(bytes), () => undefined, signal),
        )
      : await changeFile(finished(change), null);
  }
}

/** Whole digests of what is a content of the base in the end, too. */
async function digestsOf({ changes, copies }: Composed, base: Layer): Promise<Map<EntryName, Digest>> {
  const digests = new Map<EntryName, Digest>();
  for (const change of changes) {
    if (change.after?.type !== 'file') continue;
    const from = change.kind === 'move' ? change.from : (copies.get(change.name) ?? change.name);
    if (change.kind !== 'move' && !copies.has(change.name) && !isOwnCopy(change)) continue;
    const meta = (await base.readOnly.entry(from))?.meta;
    if (meta?.type === 'file') digests.set(change.name, meta.digest);
  }
  return digests;
}

/** The file was read twice. */
function sameAs({ label, plan }: OpenedStep, now: Plan): Plan {
  if (JSON.stringify(now.manifest) === JSON.stringify(plan.manifest)) return now;
  throw new PatchError('E_BUSY', `${label}: was changed while it was applied`, {
    entry: label,
    help: 'run it again when nobody writes to it',
  });
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
