/** seal: closes the set of changes. Everything passes; at the end come the index and the manifest that binds it all. */
import { digestOf } from '../src/bytes.ts';
import { brotli } from '../src/compress/brotli.ts';
import type { Compressor } from '../src/compress/compressor.ts';
import { modelCompressor } from '../src/delta/cover/model-compressor.ts';
import { PatchError } from '../src/errors.ts';
import { contentSize, stateDigest } from '../src/layer/inventory.ts';
import type { Change } from '../src/patch/change.ts';
import { type FrameRecord, areInline } from '../src/patch/frames.ts';
import type { Group } from '../src/patch/group.ts';
import { type StateSize, encodeIndex } from '../src/patch/index-table.ts';
import { type State, encodeManifest } from '../src/patch/manifest.ts';
import { indexPart, manifestPart } from '../src/patch/part-names.ts';
import { touchedBy } from '../src/patch/touched.ts';
import type { Comparison, Side } from '../src/stream/comparison.ts';
import { contentsOf, isChange, isComparison, isFrame, isGroup, partFile } from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface SealOptions {
  /** Who the application is; what is left out is taken from the layers. */
  readonly id?: string;
  readonly name?: string;
  readonly from?: string;
  readonly to?: string;
  /** Grows with every patch of the application: a client may refuse to go back. */
  readonly sequence?: number;
  /** RFC 3339 instant in UTC, after which the patch is not to be applied. */
  readonly notAfter?: string;
  /** For people: why there is a patch. */
  readonly description?: string;
  readonly compressor?: Compressor;
}

/** An index of this size, in bytes, is modelled in half a second. */
const modelled = 1 << 20;

export const seal = (options: SealOptions = {}): Stage => {
  const { compressor = brotli() } = options;
  return stage('seal', async function* (files, { notice }) {
    const changes: Change[] = [];
    const groups: Group[] = [];
    const frames: FrameRecord[] = [];
    const inline: Uint8Array[] = [];
    let comparison: Comparison | undefined;
    for await (const file of files) {
      if (isComparison(file)) {
        comparison = file.comparison;
        continue;
      }
      if (isChange(file)) changes.push(file.change);
      if (isGroup(file)) groups.push(file.group);
      if (isFrame(file)) {
        frames.push(file.frame);
        if (areInline(frames)) inline.push(await contentsOf(file));
      }
      yield file;
    }
    if (!comparison) {
      throw new PatchError('E_STAGE', 'there is nothing to seal', {
        help: 'capture has to stand before seal',
      });
    }
    if (changes.length === 0)
      notice({ code: 'unchanged', message: 'both versions are the same: the patch is empty' });
    const states = { base: sizeOf(comparison.base), target: sizeOf(comparison.target) };
    const index = encodeIndex({ states, changes, groups, frames, touched: touchedBy(changes, groups) });
    const { stored, encoding } = await smallest(index, compressor);
    const part = Buffer.concat([stored, ...(areInline(frames) ? inline : [])]);
    const manifest = encodeManifest({
      format: 1,
      minimumReader: 1,
      ...identityOf(comparison, options),
      rules: comparison.rules,
      index: {
        encoding,
        size: index.length,
        stored: stored.length,
        digest: digestOf(part),
      },
      ...(options.sequence !== undefined && { sequence: options.sequence }),
      ...(options.notAfter !== undefined && { notAfter: options.notAfter }),
      ...(options.description !== undefined && { description: options.description }),
    });
    yield partFile(indexPart, part);
    yield partFile(manifestPart, manifest);
  });
};

/** As it is, or as the given compressor or the model makes it. */
async function smallest(
  index: Uint8Array,
  compressor: Compressor,
): Promise<{ stored: Uint8Array; encoding: readonly string[] }> {
  let best: { stored: Uint8Array; encoding: readonly string[] } = { stored: index, encoding: [] };
  const tried = index.length <= modelled ? [compressor, modelCompressor()] : [compressor];
  for (const one of tried) {
    const stored = await one.compress(index);
    if (stored.length < best.stored.length) best = { stored, encoding: [one.id] };
  }
  return best;
}

function identityOf(
  { base, target }: Comparison,
  { id, name, from, to }: SealOptions,
): { application: { id: string; name: string }; base: State; target: State } {
  const known = target.identity;
  // A plain directory knows no more than what it is called, which is no property of its content (law 2).
  const named = known.id === '' && id !== undefined ? '' : known.name;
  const application = {
    id: id ?? (known.id || known.name),
    name: name ?? (named || id || known.id),
  };
  if (application.id === '') {
    throw new PatchError('E_USAGE', 'the application has no id', {
      help: 'give one (--id, or id in the configuration)',
    });
  }
  return { application, base: stateOf(base, from), target: stateOf(target, to) };
}

function stateOf({ entries, identity }: Side, version = identity.version): State {
  return { version, digest: stateDigest(entries) };
}

function sizeOf({ entries }: Side): StateSize {
  return { entries: entries.length, size: contentSize(entries) };
}
