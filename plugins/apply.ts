/** apply: the plan and its changes + the base → the same changes with their whole new contents. */
import { xdelta3 } from '../src/delta/xdelta3.ts';
import type { DeltaCodec } from '../src/delta/codec.ts';
import { PatchError } from '../src/errors.ts';
import { inline } from '../src/exec/inline.ts';
import type { Layer } from '../src/layer/layer.ts';
import { type LayerSource, openLayer } from '../src/layer/open-layer.ts';
import { type Limits, defaultLimits } from '../src/patch/limits.ts';
import { checkBase } from '../src/store/base-check.ts';
import { type BaseView, baseView, hiveAfter } from '../src/store/base-view.ts';
import { decodeContent } from '../src/patch/decode-content.ts';
import { bytesOf } from '../src/bytes.ts';
import { bytesOfFile, changeFile, isChange, isPlan, isVerified, streamedFile } from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface ApplyOptions {
  /** What the patch is applied to; only read. */
  readonly base: LayerSource | Layer | (() => Layer);
  /** Variable name → this machine's path, beside those of the layer. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly codecs?: readonly DeltaCodec[];
  readonly limits?: Partial<Limits>;
}

/** Contents of a file up to this size are made at once, larger ones while they are written. */
const wholeSize = 64 << 10;

/** The base is compared with the plan before anything is made; if it is the target already, nothing comes out. */
export const apply = ({ base, variables = {}, codecs = [xdelta3()], limits }: ApplyOptions): Stage =>
  stage('apply', async function* (files, { signal, report, notice }) {
    const layer = await opened(base);
    const executor = inline();
    const memoryLimit = limits?.memory ?? defaultLimits.memory;
    const decoding = { codecs, context: { signal, executor, memoryLimit } };
    let view: BaseView | undefined;
    let applied = false;
    let [done, total] = [0, 0];
    for await (const file of files) {
      if (isPlan(file)) {
        const { changes, manifest } = file.plan;
        view = baseView(layer, manifest.rules, variables);
        applied = (await checkBase(changes, view.entry, signal)) === 'target';
        total = changes.length;
        if (applied)
          notice({ code: 'already-applied', message: 'this is the version that the patch makes already' });
        else yield file;
        continue;
      }
      if (!isChange(file)) {
        yield file;
        continue;
      }
      if (!isVerified(file) || !view) {
        throw new PatchError('E_UNVERIFIED', `${file.change.name}: was not verified`, {
          entry: file.change.name,
          help: 'verify has to stand before apply, and nothing between them may make changes of its own',
        });
      }
      report({ done: ++done, total, unit: 'entries', label: file.change.name });
      if (applied) continue;
      const { change } = file;
      const finished = { ...change, encoding: [], payload: 0 };
      const payload = bytesOfFile(file) ?? bytesOf(new Uint8Array());
      if (change.after?.type === 'hive' || change.before?.type === 'hive') {
        yield await changeFile(finished, await hiveAfter(view, change, payload));
      } else if (change.after?.type === 'file' && change.kind !== 'move') {
        const reference = await view.entry(change.reference?.name ?? change.name);
        const contents = decodeContent(change, payload, reference?.bytes ?? null, decoding);
        const small = change.after.size <= wholeSize;
        yield small ? await changeFile(finished, await collect(contents)) : streamedFile(finished, contents);
      } else {
        yield await changeFile(finished, null);
      }
    }
    if (view && done < total) {
      throw new PatchError('E_UNVERIFIED', `the plan has ${total} changes, but only ${done} came`, {
        help: 'no stage between verify and apply may take changes out',
      });
    }
  });

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** A base given as a function is opened when the first file comes, not when the chain is made. */
async function opened(base: ApplyOptions['base']): Promise<Layer> {
  if (typeof base === 'function') return base();
  return typeof base === 'object' && 'readOnly' in base ? base : openLayer(base);
}
