/** apply: the plan and its changes + the base → the same changes with their whole new contents. */
import { type Bytes, bytesOf, joinBytes } from '../src/bytes.ts';
import type { DeltaCodec } from '../src/delta/codec.ts';
import { cover } from '../src/delta/cover/cover.ts';
import { xdelta3 } from '../src/delta/xdelta3.ts';
import { PatchError } from '../src/errors.ts';
import type { Executor } from '../src/exec/executor.ts';
import { inline } from '../src/exec/inline.ts';
import { threads as threadPool } from '../src/exec/threads.ts';
import type { Layer } from '../src/layer/layer.ts';
import { type LayerSource, openLayer } from '../src/layer/open-layer.ts';
import { type Decoding, checked, decodeContent, decodeGroup } from '../src/patch/decode-content.ts';
import { type GroupContents, groupContents } from '../src/patch/group-contents.ts';
import { isOwnCopy } from '../src/patch/change.ts';
import { contentSizes } from '../src/patch/group-rules.ts';
import { type Limits, defaultLimits } from '../src/patch/limits.ts';
import { checkBase } from '../src/store/base-check.ts';
import { checkWhole } from '../src/store/whole-check.ts';
import { writtenIn } from '../src/store/written.ts';
import { type BaseView, baseView, hiveAfter } from '../src/store/base-view.ts';
import {
  type ChangeFile,
  bytesOfFile,
  changeFile,
  isChange,
  isPlan,
  isVerified,
  streamedFile,
} from '../src/stream/file.ts';
import { collect, counted } from '../src/stream/pieces.ts';
import { type Plan, sizeOfContents } from '../src/stream/plan.ts';
import { type Stage, stage } from '../src/stream/stage.ts';
import { type Witness, witnessOf } from '../src/stream/witness.ts';

export interface ApplyOptions {
  /** What the patch is applied to; only read. */
  readonly base: LayerSource | Layer | (() => Layer | Promise<Layer>);
  /** Variable name → this machine's path, beside those of the layer. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly codecs?: readonly DeltaCodec[];
  readonly limits?: Partial<Limits>;
  /**
   * `check`: the whole base is read and has to be exactly the version that the patch is for, or makes; so an extra file refuses, too.
   * `ignore` if left out: what the patch does not touch is not looked at.
   */
  readonly untouched?: 'ignore' | 'check';
  /** How many threads decode; never changes the result. Two at most if left out, since each takes memory. */
  readonly threads?: number;
}

/** Contents of a file up to this size are made at once, larger ones while they are written. */
const wholeSize = 64 << 10;
/** Below this, starting threads takes longer than decoding, in bytes of contents. */
const worthThreads = 8 << 20;
const mostThreads = 2;
/** Pieces of groups of more content than this may be as large, so that only one is made at a time. */
const largeGroup = 8 << 20;

/** Everything that the contents of a plan are made of. */
interface Making {
  readonly view: BaseView;
  readonly decoding: Decoding;
  readonly groups: readonly GroupContents[];
  readonly witness: Witness;
  /** Hears of bytes of contents as they are made. */
  readonly onBytes: (bytes: number, label: string) => void;
}

/** The base is compared with the plan before anything is made; if it is the target already, nothing comes out. */
export const apply = ({
  base,
  variables = {},
  codecs = [cover(), xdelta3()],
  limits,
  threads,
  untouched = 'ignore',
}: ApplyOptions): Stage =>
  stage('apply', async function* (files, { signal, report, notice }) {
    const layer = await opened(base);
    const memoryLimit = limits?.memory ?? defaultLimits.memory;
    let executor: Executor = inline();
    let making: Making | undefined;
    let applied = false;
    let [came, total] = [0, 0];
    for await (const file of files) {
      if (isPlan(file)) {
        const { plan } = file;
        const view = baseView(layer, plan.manifest.rules, variables);
        let looked = 0;
        const lookUp: BaseView['entry'] = (label, at) => {
          report({ done: ++looked, total: null, unit: 'entries', label });
          return view.entry(label, at);
        };
        const { state, digests } = await checkBase(plan, lookUp, signal, writtenIn(layer));
        applied = state === 'target';
        if (untouched === 'check') {
          const { manifest, states, changes } = plan;
          let read = 0;
          const onEntry = (label: string): void =>
            report({ done: ++read, total: null, unit: 'entries', label });
          const expected = { digest: manifest[state].digest, ...states[state] };
          await checkWhole(layer, expected, { rules: manifest.rules, variables, changes, signal, onEntry });
        }
        total = plan.changes.length;
        if (applied) {
          notice({ code: 'already-applied', message: 'this is the version that the patch makes already' });
          continue;
        }
        if (threads !== 1 && sizeOfContents(plan) > worthThreads)
          executor = threadPool({ concurrency: threads ?? mostThreads });
        const decoding = { codecs, context: { signal, executor, memoryLimit } };
        const witness = witnessOf(plan);
        for (const change of plan.changes) {
          const digest = change.kind === 'move' ? digests.get(change.from) : undefined;
          if (digest) witness.saw(change.name, digest);
        }
        const size = sizeOfContents(plan);
        let made = 0;
        const onBytes = (bytes: number, label: string): void =>
          report({ done: (made += bytes), total: size, unit: 'bytes', label });
        making = { view, decoding, groups: await openGroups(plan, view, decoding), witness, onBytes };
        yield file;
        continue;
      }
      if (!isChange(file)) {
        yield file;
        continue;
      }
      if (!isVerified(file) || !(making || applied)) {
        throw new PatchError('E_UNVERIFIED', `${file.change.name}: was not verified`, {
          entry: file.change.name,
          help: 'verify has to stand before apply, and nothing between them may make changes of its own',
        });
      }
      came++;
      if (making) yield await finished(file, making);
    }
    if (making && came < total) {
      throw new PatchError('E_UNVERIFIED', `the plan has ${total} changes, but only ${came} came`, {
        help: 'no stage between verify and apply may take changes out',
      });
    }
  });

/** The change with its whole new content. */
async function finished(
  file: ChangeFile,
  { view, decoding, groups, witness, onBytes }: Making,
): Promise<ChangeFile> {
  const { change } = file;
  const { group, reference, ...rest } = change;
  const done = { ...rest, encoding: [], payload: 0 };
  const payload = bytesOfFile(file) ?? bytesOf(new Uint8Array());
  const saw = (digest: `sha256:${string}`): void => witness.saw(change.name, digest);
  if (change.after?.type === 'hive' || change.before?.type === 'hive') {
    return changeFile(done, await hiveAfter(view, change, payload, saw));
  }
  if (change.after?.type !== 'file' || change.kind === 'move') return changeFile(done, null);
  if (isOwnCopy(change)) {
    // Only the mode changes: the file stays, and is not written again.
    const entry = await view.entry(change.name, decoding.context.signal);
    if (entry?.meta.type === 'file') saw(entry.meta.digest);
    onBytes(change.after.size, change.name);
    return changeFile(done, null);
  }
  const { size } = change.after;
  // Behind a file of its group that nobody has read yet, a whole content would wait for a reader who may wait for it.
  const atOnce = size <= wholeSize && (group === undefined || groups[group]?.free === true);
  if (group !== undefined) for (const ahead of [group, group + 1]) groups[ahead]?.start();
  const pieces =
    group !== undefined
      ? groups[group]?.take(size)
      : decodeContent(
          change,
          payload,
          (await view.entry(reference?.name ?? change.name, decoding.context.signal))?.bytes ?? null,
          decoding,
        );
  if (!pieces)
    throw new PatchError('E_FORMAT', `${change.name}: its group is not there`, { entry: change.name });
  const whole = checked(change, pieces, saw, decoding.context.signal);
  const contents = counted(whole, (bytes) => onBytes(bytes, change.name));
  return atOnce ? changeFile(done, await collect(contents)) : streamedFile(done, contents);
}

/** The groups in the order of their numbers; each is decoded when its first file comes, or one of the group before it. */
async function openGroups(plan: Plan, view: BaseView, decoding: Decoding): Promise<GroupContents[]> {
  const sizes = contentSizes(plan.groups.length, plan.changes, 'the index');
  const opened: GroupContents[] = [];
  for (const [number, group] of plan.groups.entries()) {
    const parts: Bytes[] = [];
    for (const { name } of group.references) {
      const entry = await view.entry(name, decoding.context.signal);
      if (!entry?.bytes) throw new PatchError('E_BASE_MISMATCH', `${name}: is missing`, { entry: name });
      parts.push(entry.bytes);
    }
    const reference = joinBytes(parts);
    const size = sizes[number] ?? 0;
    opened.push(
      groupContents(
        () => decodeGroup(group, number, group.bytes, reference, size, decoding),
        size <= largeGroup,
      ),
    );
  }
  return opened;
}

/** A base given as a function is opened when the first file comes, not when the chain is made. */
async function opened(base: ApplyOptions['base']): Promise<Layer> {
  if (typeof base === 'function') return base();
  return typeof base === 'object' && 'readOnly' in base ? base : openLayer(base);
}
