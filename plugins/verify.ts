/** verify: manifest, signatures, index and frames → the plan, then exactly the listed changes, marked as verified. */
import { type Bytes, bytesOf, digestOf, sliceOf } from '../src/bytes.ts';
import { brotli } from '../src/compress/brotli.ts';
import type { Compressor } from '../src/compress/compressor.ts';
import { modelCompressor } from '../src/delta/cover/model-compressor.ts';
import { PatchError } from '../src/errors.ts';
import { type FrameRecord, areInline, frameCount, inlineFrames } from '../src/patch/frames.ts';
import type { Group } from '../src/patch/group.ts';
import { decodeIndex } from '../src/patch/index-table.ts';
import { type Limits, defaultLimits } from '../src/patch/limits.ts';
import { type Manifest, decodeManifest } from '../src/patch/manifest.ts';
import { createPartOrder, indexPart, manifestPart, parsePartName } from '../src/patch/part-names.ts';
import { payloadOf, unknownCodec } from '../src/patch/payload.ts';
import { type Trust, checkSignatures } from '../src/sign/policy.ts';
import type { Signature } from '../src/sign/signer.ts';
import { bytesOfFile, changeFile, contentsOf, isPart, markVerified, planFile } from '../src/stream/file.ts';
import type { PlannedGroup } from '../src/stream/plan.ts';
import { type Stage, type StageContext, stage } from '../src/stream/stage.ts';

export interface VerifyOptions {
  /** Whose signatures count, and how many are needed. */
  readonly trust?: Trust;
  /** Goes on without any trusted key. The digests are still compared, but anyone can have made the patch. */
  readonly allowUnsigned?: boolean;
  readonly limits?: Partial<Limits>;
  readonly compressors?: readonly Compressor[];
  /** The time that `notAfter` is held against; the clock's if left out. */
  readonly now?: Date;
}

/** In the order of the format: trust first, then the manifest, then the index; frames when they are needed (law 3). */
export const verify = (options: VerifyOptions = {}): Stage => {
  const limits = { ...defaultLimits, ...options.limits };
  const compressors = options.compressors ?? [brotli(), modelCompressor()];
  return stage('verify', async function* (files, context) {
    const parts = new Map<string, Bytes>();
    const order = createPartOrder();
    for await (const file of files) {
      if (!isPart(file)) {
        yield file;
        continue;
      }
      order.add(file.part);
      const bytes = bytesOfFile(file) ?? (await bufferOf(contentsOf(file, limits.indexStored)));
      parts.set(file.part, bytes);
    }
    order.end();
    const text = await take(parts, manifestPart, limits.manifest);
    const trusted = await admit(text, await signaturesOf(parts), options, context);
    const manifest = decodeManifest(text, limits);
    assertCurrent(manifest, options.now ?? new Date());
    const part = await readIndexPart(parts, manifest);
    const index = decodeIndex(await decoded(part, manifest, compressors), limits);
    const inParts = [...parts].flatMap(([name, bytes]) =>
      parsePartName(name)?.kind === 'frame' ? [bytes] : [],
    );
    const frames = framesOf(index.frames, inParts, bytesOf(part), manifest.index.stored);
    const stored = index.frames.map((record, at) => ({ record, bytes: frames[at] ?? emptyBytes }));
    const inChanges = frameCount(index.changes.reduce((sum, change) => sum + change.payload, 0));
    const payload = payloadOf(stored.slice(0, inChanges), compressors);
    const groups = groupsOf(index.groups, payloadOf(stored.slice(inChanges), compressors));
    yield planFile({ manifest, ...index, groups, trusted });
    let offset = 0;
    for (const change of index.changes) {
      const contents =
        change.payload > 0 || (hasContent(change) && change.group === undefined)
          ? sliceOf(payload, offset, change.payload)
          : null;
      offset += change.payload;
      yield markVerified(await changeFile(change, contents));
    }
  });
};

/** FORMAT §6.1: frames are in parts of their own, or, where they are few bytes together, behind the index. */
function framesOf(
  records: readonly FrameRecord[],
  inParts: readonly Bytes[],
  indexAndFrames: Bytes,
  indexSize: number,
): readonly Bytes[] {
  const inline = areInline(records);
  const stored = records.reduce((sum, record) => sum + record.stored, 0);
  const [parts, behind] = inline ? [0, stored] : [records.length, 0];
  if (inParts.length !== parts || indexAndFrames.size !== indexSize + behind) {
    throw new PatchError('E_FORMAT', `the patch has other frames than the ${records.length} that it lists`);
  }
  if (!inline) return inParts;
  let offset = indexSize;
  return records.map((record) => {
    offset += record.stored;
    return sliceOf(indexAndFrames, offset - record.stored, record.stored);
  });
}

function groupsOf(groups: readonly Group[], payload: Bytes): readonly PlannedGroup[] {
  let offset = 0;
  return groups.map((group) => {
    const bytes = sliceOf(payload, offset, group.payload);
    offset += group.payload;
    return { ...group, bytes };
  });
}

const emptyBytes: Bytes = { size: 0, read: async () => new Uint8Array() };

/** An empty file has no payload, but it has a content. */
function hasContent({ after, kind }: { after: { type: string } | null; kind: string }): boolean {
  return kind !== 'move' && (after?.type === 'file' || after?.type === 'hive');
}

async function bufferOf(data: Promise<Uint8Array>): Promise<Bytes> {
  const whole = await data;
  return { size: whole.length, read: async (offset, length) => whole.subarray(offset, offset + length) };
}

async function take(parts: ReadonlyMap<string, Bytes>, name: string, limit: number): Promise<Uint8Array> {
  const bytes = parts.get(name);
  if (!bytes) {
    throw new PatchError('E_FORMAT', `the patch has no part '${name}'`, {
      help: 'unpack has to stand before verify',
    });
  }
  if (bytes.size > limit)
    throw new PatchError('E_LIMIT', `${name} has ${bytes.size} bytes, the limit is ${limit}`);
  return bytes.read(0, bytes.size);
}

async function signaturesOf(parts: ReadonlyMap<string, Bytes>): Promise<Signature[]> {
  const signatures: Signature[] = [];
  for (const [name, bytes] of parts) {
    const part = parsePartName(name);
    if (part?.kind !== 'signature') continue;
    signatures.push({
      keyId: part.keyId,
      algorithm: 'ed25519',
      bytes: await bytes.read(0, Math.min(bytes.size, 4096)),
    });
  }
  return signatures;
}

/** FORMAT §7: who signed is settled before anything else of the patch is looked at. */
async function admit(
  manifest: Uint8Array,
  signatures: readonly Signature[],
  { trust, allowUnsigned = false }: VerifyOptions,
  { notice }: StageContext,
): Promise<readonly string[]> {
  if (trust && trust.keys.length > 0) return checkSignatures(manifest, signatures, trust);
  if (!allowUnsigned) {
    if (signatures.length === 0) {
      throw new PatchError('E_UNTRUSTED', 'the patch is not signed', {
        help: 'get a signed one, or say that you want it all the same (--allow-unsigned)',
      });
    }
    throw new PatchError('E_UNTRUSTED', 'no key is trusted, so no signature of the patch counts', {
      help: 'name the public keys that you trust (--trust)',
    });
  }
  notice({ code: 'untrusted', message: 'who made this patch was not checked' });
  return [];
}

function assertCurrent({ notAfter }: Manifest, now: Date): void {
  if (notAfter === undefined || now.getTime() <= Date.parse(notAfter)) return;
  throw new PatchError('E_UNTRUSTED', `the patch was not to be applied after ${notAfter}`, {
    help: 'get a newer one',
  });
}

/** The index as it stands, with the frames behind it. The sizes that the manifest gives have been held against the limits. */
async function readIndexPart(parts: ReadonlyMap<string, Bytes>, { index }: Manifest): Promise<Uint8Array> {
  const size = parts.get(indexPart)?.size ?? 0;
  if (size > index.stored + inlineFrames) {
    throw new PatchError(
      'E_FORMAT',
      `the index is too large: ${size} bytes, of which the manifest gives ${index.stored}`,
      { entry: indexPart },
    );
  }
  const part = await take(parts, indexPart, size);
  if (digestOf(part) === index.digest && part.length >= index.stored) return part;
  throw new PatchError('E_DIGEST', 'the index is not the one that the manifest names', {
    entry: indexPart,
    help: 'the file is damaged or was changed: get the patch again',
  });
}

async function decoded(
  part: Uint8Array,
  { index }: Manifest,
  compressors: readonly Compressor[],
): Promise<Uint8Array> {
  let data = part.subarray(0, index.stored);
  for (const id of index.encoding.toReversed()) {
    const compressor = compressors.find((one) => one.id === id);
    if (!compressor) throw unknownCodec(id, indexPart);
    data = await compressor.decompress(data, index.size);
  }
  if (data.length !== index.size)
    throw new PatchError('E_FORMAT', 'the index does not have the size that the manifest gives');
  return data;
}
