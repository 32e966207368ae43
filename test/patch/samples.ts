/** Small valid records that the tests of this folder bend. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { digestOf, type Digest } from '../../src/bytes.ts';
import { isPatchError, type ErrorCode, type PatchError } from '../../src/errors.ts';
import type { Meta } from '../../src/layer/layer.ts';
import { compareNames, entryName, nameProblem } from '../../src/layer/name.ts';
import { centralHeader, endRecord, localHeader } from '../../src/patch/archive-headers.ts';
import type { Change, Reference } from '../../src/patch/change.ts';
import { areInline, frameCount, frameSize, type FrameRecord } from '../../src/patch/frames.ts';
import type { Group } from '../../src/patch/group.ts';
import type { PatchIndex, States } from '../../src/patch/index-table.ts';
import { checkLength } from '../../src/patch/index-wire.ts';
import type { Manifest } from '../../src/patch/manifest.ts';
import { framePart, indexPart, manifestPart, signaturePart } from '../../src/patch/part-names.ts';
import { touchedBy } from '../../src/patch/touched.ts';

export const someDigest: Digest = digestOf(new Uint8Array([1]));

export const manifest: Manifest = {
  format: 1,
  minimumReader: 1,
  application: { id: 'com.example.notes', name: 'Notes' },
  base: { version: '1.0', digest: someDigest },
  target: { version: '1.1', digest: digestOf(new Uint8Array([2])) },
  rules: { excludes: ['*.log', 'cache/**'], volatile: [], variables: ['AppRoot', 'ProgramFilesX64'] },
  index: { encoding: ['brotli/1'], size: 100, stored: 50, digest: someDigest },
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

/** Codes the changes together, against these files of the base. */
export function group(references: readonly Reference[] = [], payload = 5): Group {
  return { encoding: ['cover/1'], references, payload };
}

/** A change that is in a group. */
export function grouped(change: Change, number: number): Change {
  return { ...change, encoding: [], payload: 0, group: number };
}

/** The frames that these changes and groups need, as they are when nothing could be compressed. */
export function framesOf(changes: readonly Change[], groups: readonly Group[] = []): FrameRecord[] {
  return [changes, groups].flatMap((carriers) => {
    const payload = carriers.reduce((sum, one) => sum + one.payload, 0);
    return Array.from({ length: frameCount(payload) }, (_, at) => {
      const size = Math.min(frameSize, payload - at * frameSize);
      return { digest: someDigest, encoding: [], size, stored: size };
    });
  });
}

const states: States = { base: { entries: 2, size: 10 }, target: { entries: 300, size: 2 ** 40 } };

/** The index of these changes and groups. */
export function indexOf(
  changes: readonly Change[],
  groups: readonly Group[] = [],
  frames: readonly FrameRecord[] = framesOf(changes, groups),
): PatchIndex {
  return { states, changes, groups, frames, touched: touchedBy(changes, groups) };
}

/** The index as it is read: with digests in its records that are cut short (FORMAT §5.2). */
export function cutShort(index: PatchIndex): PatchIndex {
  const records = index.changes.flatMap(({ kind, before, after }) =>
    kind === 'move' ? [before] : [before, after],
  );
  const bytes = checkLength(records.filter((meta) => meta && 'digest' in meta).length);
  const short = (digest: unknown, size: number): Digest =>
    String(digest).slice(0, 'sha256:'.length + 2 * size) as Digest;
  const cut = <T extends object | null>(record: T): T =>
    record && 'digest' in record ? { ...record, digest: short(record.digest, bytes) } : record;
  const changes = index.changes.map((change) => {
    const { reference } = change;
    return {
      ...change,
      before: cut(change.before),
      after: cut(change.after),
      ...(reference && { reference: cut(reference) }),
    } as Change;
  });
  const groups = index.groups.map((one) => ({ ...one, references: one.references.map(cut) }));
  const frames = areInline(index.frames)
    ? index.frames.map((frame) => ({ ...frame, digest: short(frame.digest, 0) }))
    : index.frames;
  const { before, after } = index.touched;
  return {
    ...index,
    changes,
    groups,
    frames,
    touched: { before: short(before, 16), after: short(after, 16) },
  };
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

const kinds = fc.constantFrom('add', 'remove', 'modify', 'copy', 'move', 'delta', 'group');
const rows = fc.uniqueArray(fc.tuple(names, kinds, metas, metas), {
  selector: ([name]) => name,
  maxLength: 30,
});

/** Any list of changes that FORMAT §5 allows (one folder deep, in byte order). Some are marked as in the group 0. */
export const changeLists: fc.Arbitrary<Change[]> = rows.map((list) =>
  list
    .map(([name, kind, before, after]): Change => {
      if (kind === 'remove') return remove(name, before);
      if (kind === 'move' && after.type === 'file') return move(`${name}.old`, name, after);
      if (kind === 'copy' && after.type === 'file') {
        const reference = { name: entryName('AppRoot/other'), size: after.size, digest: after.digest };
        return { ...add(name, after), encoding: ['copy/1'], payload: 0, reference };
      }
      if (kind === 'delta' && before.type === 'file' && after.type === 'file') {
        return { ...add(name, after), kind: 'modify', before, after, encoding: ['xdelta3/1'], payload: 7 };
      }
      if (kind === 'group' && after.type === 'file' && after.size > 0) return grouped(add(name, after), 0);
      return kind === 'modify' ? { ...add(name, after), kind: 'modify', before, after } : add(name, after);
    })
    .sort((a, b) => compareNames(a.name, b.name)),
);

/** Any index: its groups refer to files that the changes take away or change, and to others. */
export const indexes: fc.Arbitrary<PatchIndex> = fc
  .tuple(changeLists, fc.integer({ min: 1, max: 3 }), fc.array(fc.nat(40), { maxLength: 8 }), digests)
  .map(([list, count, picks, digest]) => {
    let last = 0;
    const changes = list.map((change) =>
      change.group === undefined ? change : grouped(change, Math.min(last++, count - 1)),
    );
    const files = changes.flatMap((change): Reference[] =>
      change.before?.type === 'file'
        ? [{ ...change.before, name: change.kind === 'move' ? change.from : change.name }]
        : [],
    );
    const references = [...new Set(picks)].map((pick): Reference => {
      const {
        name,
        size,
        digest: known,
      } = files[pick] ?? { name: entryName(`Other/${pick}`), size: pick, digest };
      return { name, size, digest: known };
    });
    const groups = Array.from({ length: Math.min(last, count) }, (_, number) =>
      group(references, 3 + number),
    );
    return indexOf(changes, groups);
  });

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
