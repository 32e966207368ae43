/** Applies several patches one behind the other: what comes out are the net changes, with their whole new contents. */
import type Vinyl from 'vinyl';
import { type Digest, chunksOf } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { layered } from '../layer/layered.ts';
import type { Entry, Layer } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import { type Change, isOwnCopy } from '../patch/change.ts';
import type { Composed } from '../patch/compose.ts';
import { checked } from '../patch/decode-content.ts';
import { type ChangeFile, changeFile, isChange, isPlan, streamedFile } from './file.ts';
import { filesOf } from './files-of.ts';
import { type Keeper, createKeeper } from './keep-contents.ts';
import { type Plan, sizeOfContents } from './plan.ts';
import type { Progress } from './progress.ts';
import { chainFor, labelled } from './read-plan.ts';
import type { Stage, StageContext } from './stage.ts';
import { type TakenStep, finished, takeStep } from './take-step.ts';
import type { OpenedStep, Together } from './together.ts';
import { witnessOf, witnessTogether } from './witness.ts';

export interface MakeTogetherOptions {
  readonly together: Together;
  readonly composed: Composed;
  /** What the first patch is applied to; only read. */
  readonly base: Layer;
  /** Stages from one `.vpa` file to its finished changes, called anew for each patch. */
  readonly steps: (base: () => Layer, isFirst: boolean) => readonly Stage[];
}

/** Each patch in turn; then what has no content, or one of the base. */
export async function* makeTogether(
  options: MakeTogetherOptions,
  { signal, report }: StageContext,
): AsyncGenerator<Vinyl> {
  const { together, composed, base } = options;
  const keeper = createKeeper();
  const plans: Plan[] = [];
  const digests = await digestsOf(composed, base);
  witnessTogether(
    together.plan,
    () => plans,
    (name) => madeDigest(name, composed, plans) ?? digests.get(name),
  );
  const todo = together.steps.slice(together.applied);
  const total = todo.reduce((sum, { plan }) => sum + sizeOfContents(plan), 0);
  const entries = new Map<EntryName, Entry | null>();
  const brought = new Set<EntryName>();
  let before = 0;
  for (const [number, step] of todo.entries()) {
    const onProgress = ({ stage, unit, done, label }: Progress): void => {
      if (stage === 'apply' && unit === 'bytes') report({ done: before + done, total, unit, label });
    };
    const below = layered(base, new Map(entries));
    const running = { keeper, plans, entries, signal, onProgress };
    for await (const file of makeStep(step, number, below, options, running)) {
      if (isChange(file)) brought.add(file.change.name);
      yield file;
    }
    keeper.passed(number);
    before += sizeOfContents(step.plan);
  }
  for (const change of composed.changes)
    if (!brought.has(change.name)) yield await fromBase(change, composed, base, signal);
}

interface Running {
  readonly keeper: Keeper;
  /** Of the patches so far. */
  readonly plans: Plan[];
  /** What they have left. */
  readonly entries: Map<EntryName, Entry | null>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

async function* makeStep(
  step: OpenedStep,
  number: number,
  below: Layer,
  { composed, steps }: MakeTogetherOptions,
  { keeper, plans, entries, signal, onProgress }: Running,
): AsyncGenerator<Vinyl> {
  let taken: TakenStep | null = null;
  const stages = steps(() => below, number === 0);
  try {
    for await (const file of filesOf(chainFor(step.archive, step.label, stages), { signal, onProgress })) {
      if (isPlan(file)) {
        const plan = sameAs(step, file.plan);
        plans.push(plan);
        taken = takeStep({ plan, number, below, composed, keeper });
      } else if (!isChange(file)) {
        yield file;
      } else {
        const next = await taken?.take(file);
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
}

async function fromBase(
  change: Change,
  { copies }: Composed,
  base: Layer,
  signal: AbortSignal,
): Promise<ChangeFile> {
  const from = copies.get(change.name);
  const bytes = from === undefined ? null : (await base.readOnly.entry(from, signal))?.bytes;
  if (!bytes) return changeFile(finished(change), null);
  return streamedFile(
    finished(change),
    checked(change, chunksOf(bytes), () => undefined, signal),
  );
}

/** The whole digest of what a patch has made that is there in the end. */
function madeDigest(name: EntryName, { contents }: Composed, plans: readonly Plan[]): Digest | undefined {
  for (const [number, plan] of plans.entries()) {
    for (const one of contents[number]?.values() ?? [])
      if (one.final === name) return witnessOf(plan).digest(one.name);
  }
  return undefined;
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
