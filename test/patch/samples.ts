/** Small valid records that the tests of this folder bend. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { digestOf, type Digest } from '../../src/bytes.ts';
import { isPatchError, type ErrorCode, type PatchError } from '../../src/errors.ts';
import type { Meta } from '../../src/layer/layer.ts';
import { compareNames, entryName, nameProblem } from '../../src/layer/name.ts';
import { centralHeader, endRecord, localHeader } from '../../src/patch/archive-headers.ts';
import type { Change } from '../../src/patch/change.ts';
import { frameCount, frameSize, type FrameRecord } from '../../src/patch/frames.ts';
import type { Manifest } from '../../src/patch/manifest.ts';
import { framePart, indexPart, manifestPart, signaturePart } from '../../src/patch/part-names.ts';

export const someDigest: Digest = digestOf(new Uint8Array([1]));

export const manifest: Manifest = {
  format: 1,
  minimumReader: 1,
  application: { id: 'com.example.notes', name: 'Notes' },
  base: { version: '1.0', digest: someDigest, entries: 2, size: 10 },
  target: { version: '1.1', digest: digestOf(new Uint8Array([2])), entries: 3, size: 12 },
  rules: { excludes: ['*.log', 'cache/**'], volatile: [], variables: ['AppRoot', 'ProgramFilesX64'] },
  index: { encoding: ['brotli/1'], size: 100, stored: 50, digest: someDigest },
  payload: { frames: 1, size: 10, stored: 9 },
};

export const file = (size: number, seed = 1): Meta => ({
  type: 'file',
  size,
  digest: digestOf(new Uint8Array([seed])),
});

export function add(name: string, after: Meta = file(3)): Change {
  const payload = after.type === 'file' || after.type === 'hive' ? after.size : 0;
  return { name: entryName(name), kind: 'add', before: null, after, encoding: [], payload };
}

export function remove(name: string, before: Meta = file(3)): Change {
  return { name: entryName(name), kind: 'remove', before, after: null, encoding: [], payload: 0 };
}

export function move(from: string, name: string, meta: Meta = file(3)): Change {
  const names = { name: entryName(name), from: entryName(from) };
  return { ...names, kind: 'move', before: meta, after: meta, encoding: [], payload: 0 };
}

/** The frames that these changes need, as they are when nothing could be compressed. */
export function framesOf(changes: readonly Change[]): FrameRecord[] {
  const payload = changes.reduce((sum, change) => sum + change.payload, 0);
  return Array.from({ length: frameCount(payload) }, (_, at) => {
    const size = Math.min(frameSize, payload - at * frameSize);
    return { digest: someDigest, encoding: [], size, stored: size };
  });
}

export function payloadOfFrames(frames: readonly FrameRecord[]): Manifest['payload'] {
  const size = frames.reduce((sum, frame) => sum + frame.size, 0);
  return { frames: frames.length, size, stored: frames.reduce((sum, frame) => sum + frame.stored, 0) };
}

const digests = fc.uint8Array({ minLength: 1, maxLength: 4 }).map(digestOf);
const modes = fc.integer({ min: 0, max: 0o7777 });
const sizes = fc.integer({ min: 0, max: 1000 });
const metas = fc.oneof(
  fc.record({ type: fc.constant('file' as const), size: sizes, digest: digests, mode: modes }),
  fc.record({ type: fc.constant('file' as const), size: sizes, digest: digests }),
  fc.record({ type: fc.constant('link' as const), to: fc.constantFrom('a', 'b/c', './x') }),
  fc.record({ type: fc.constant('directory' as const) }),
  fc.record({ type: fc.constant('directory' as const), mode: modes }),
  fc.record({ type: fc.constant('delete-entry' as const) }),
);
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .map((text) => `AppRoot/${text}`)
  .filter((text) => nameProblem(text) === null && text.split('/').length === 2);

/** Any list of changes that FORMAT §5 allows (one folder deep, in byte order). */
export const changeLists: fc.Arbitrary<Change[]> = fc
  .uniqueArray(fc.tuple(names, fc.constantFrom('add', 'remove', 'modify', 'copy'), metas, metas), {
    selector: ([name]) => name,
  })
  .map((rows) =>
    rows
      .map(([name, kind, before, after]): Change => {
        if (kind === 'add') return add(name, after);
        if (kind === 'remove') return remove(name, before);
        if (kind === 'copy' && after.type === 'file') {
          const reference = { name: entryName('AppRoot/other'), size: after.size, digest: after.digest };
          return { ...add(name, after), encoding: ['copy/1'], payload: 0, reference };
        }
        return { ...add(name, after), kind: 'modify', before, after };
      })
      .sort((a, b) => compareNames(a.name, b.name)),
  );

/** The error that the call raises, when it is a PatchError. */
export async function failure(call: () => unknown): Promise<PatchError> {
  try {
    await call();
  } catch (error) {
    if (isPatchError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

export async function expectFailure(code: ErrorCode, message: RegExp, call: () => unknown): Promise<void> {
  const error = await failure(call);
  if (error.code !== code || !message.test(error.message)) {
    throw new Error(`expected ${code} ${String(message)}, got ${error.code} ${error.message}`);
  }
}

export const sampleParts = [
  { name: manifestPart, data: Buffer.from('{"a":1}') },
  { name: signaturePart('0'.repeat(32)), data: Buffer.alloc(64, 7) },
  { name: signaturePart('a'.repeat(32)), data: Buffer.alloc(64, 8) },
  { name: indexPart, data: Buffer.from('{}') },
  { name: framePart(0), data: Buffer.from('first frame') },
  { name: framePart(1), data: Buffer.alloc(0) },
];

/** A zip of any entries whatever, built from the headers of the format. */
export function zipOf(parts: readonly { name: string; data: Uint8Array }[]): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data } of parts) {
    const header = { name, size: data.length, crc32: crc32(data) };
    directory.push(centralHeader(header, offset));
    body.push(localHeader(header), Buffer.from(data));
    offset += 30 + name.length + data.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...body, central, endRecord(parts.length, central.length, offset)]);
}
