/** Vinyl files that carry a patch's parts: the comparison, changes, frames, manifest, index and signatures. */
import { PassThrough, Readable } from 'node:stream';
import Vinyl from 'vinyl';
import { type Bytes, bytesOf, chunksOf, readAll, tooLarge } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import type { Change } from '../patch/change.ts';
import type { FrameRecord } from '../patch/frames.ts';
import type { Group } from '../patch/group.ts';
import type { Release } from '../patch/release.ts';
import { signaturePart } from '../patch/part-names.ts';
import type { Signature } from '../sign/signer.ts';
import type { Spool } from '../spool.ts';
import type { Comparison } from './comparison.ts';
import type { Plan } from './plan.ts';

/** `comparison`: first of the create chain, what is compared; never part of a patch. */
export type ComparisonFile = Vinyl & { readonly comparison: Comparison };
/** First of the verified files of an apply chain: everything that the patch is going to do. */
export type PlanFile = Vinyl & { readonly plan: Plan };
/** The same of changes that no patch has brought. */
export type ReleaseFile = Vinyl & { readonly release: Release };
/** One change. `contents` is its payload as of this stage; `before` reads the entry's content in the base. */
export type ChangeFile = Vinyl & { readonly change: Change; readonly before: Bytes | null };
/** Files that are coded together; behind all changes. `contents` is the payload. */
export type GroupFile = Vinyl & { readonly group: Group };
/** A run of payload bytes, as it will stand in the archive. */
export type FrameFile = Vinyl & { readonly frame: FrameRecord };
/** Any other part of an archive: the manifest, a signature, the index. */
export type PartFile = Vinyl & { readonly part: string };

export function isComparison(file: Vinyl): file is ComparisonFile {
  return 'comparison' in file;
}
export function isPlan(file: Vinyl): file is PlanFile {
  return 'plan' in file;
}
export function isRelease(file: Vinyl): file is ReleaseFile {
  return 'release' in file;
}
export function isChange(file: Vinyl): file is ChangeFile {
  return 'change' in file;
}
export function isGroup(file: Vinyl): file is GroupFile {
  return 'group' in file;
}
export function isFrame(file: Vinyl): file is FrameFile {
  return 'frame' in file;
}
export function isPart(file: Vinyl): file is PartFile {
  return 'part' in file;
}
export function isManifest(file: Vinyl): file is PartFile {
  return isPart(file) && file.part === 'manifest.json';
}
export function isSignature(file: Vinyl): file is PartFile {
  return isPart(file) && file.part.startsWith('signatures/');
}
export function isIndex(file: Vinyl): file is PartFile {
  return isPart(file) && file.part === 'index';
}

// Vinyl wraps a stream that it is given, so the way back to random access is kept beside the wrapper.
const sources = new WeakMap<object, Bytes & Partial<Spool>>();

/** Contents that are made while they are read: whoever takes them from here spares two streams with a piece in each. */
const makers = new WeakMap<object, AsyncIterable<Uint8Array>>();

/** Content up to this size travels as a buffer, larger content as a stream. */
const bufferSize = 64 << 10;

function withContents<Properties extends object>(
  path: string,
  contents: Uint8Array | Bytes | null,
  properties: Properties,
): Vinyl & Properties {
  const file = new Vinyl({ base: '/', path: `/${path}`, contents: vinylContents(contents) });
  if (contents !== null && !(contents instanceof Uint8Array) && file.isStream())
    sources.set(file.contents, contents);
  return Object.assign(file, properties);
}

function vinylContents(contents: Uint8Array | Bytes | null): Buffer | NodeJS.ReadableStream | null {
  if (contents === null) return null;
  if (contents instanceof Uint8Array)
    return Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  return Readable.from(chunksOf(contents), { objectMode: false, highWaterMark: 1 });
}

export function comparisonFile(comparison: Comparison): ComparisonFile {
  return withContents('comparison', null, { comparison });
}

export function planFile(plan: Plan): PlanFile {
  return withContents('plan', null, { plan });
}

export function releaseFile(given: Release): ReleaseFile {
  return withContents('release', null, { release: given });
}

/** A file for a change whose whole content is made while it is read, which can be done once. */
export function streamedFile(change: Change, contents: AsyncIterable<Uint8Array>): ChangeFile {
  const made = once(change.name, contents);
  const file = new Vinyl({
    base: '/',
    path: `/${change.name}`,
    contents: Readable.from(made, { objectMode: false }),
  });
  if (file.isStream()) makers.set(file.contents, made);
  return Object.assign(file, { change: Object.freeze(change), before: null });
}

function once(name: string, contents: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let taken = false;
  return {
    async *[Symbol.asyncIterator]() {
      if (taken) throw new PatchError('E_STAGE', `${name}: its contents were read before`, { entry: name });
      taken = true;
      yield* contents;
    },
  };
}

/** A file for a change. Content given as `Bytes` is read when it is needed, and becomes a buffer here if it is small. */
export async function changeFile(
  change: Change,
  contents: Uint8Array | Bytes | null,
  before: Bytes | null = null,
): Promise<ChangeFile> {
  const small = contents !== null && !(contents instanceof Uint8Array) && contents.size <= bufferSize;
  const data = small ? await contents.read(0, contents.size) : contents;
  return withContents(change.name, data, { change: Object.freeze(change), before });
}

export function groupFile(group: Group, number: number, contents: Bytes | null): GroupFile {
  return withContents(`groups/${number}`, contents, { group: Object.freeze(group) });
}

/** A file for a change whose content, however small, is read when it is needed. */
export function lazyChangeFile(change: Change, contents: Bytes, before: Bytes | null): ChangeFile {
  return withContents(change.name, contents, { change: Object.freeze(change), before });
}

export function frameFile(frame: FrameRecord, number: number, contents: Uint8Array | Bytes): FrameFile {
  return withContents(`frames/${String(number).padStart(6, '0')}`, contents, { frame: Object.freeze(frame) });
}

/** A part of the archive under its name there: `manifest.json`, `signatures/…`, `index`. */
export function partFile(part: string, contents: Uint8Array | Bytes): PartFile {
  return withContents(part, contents, { part });
}

/** A whole archive, for the front of an apply chain; `unpack` goes by its extension. `label`: what people call it. */
export function archiveFile(contents: Uint8Array | Bytes, label?: string): Vinyl {
  return withContents('patch.vpa', contents, label === undefined ? {} : { label });
}

/** What people call an archive: a path, most often. */
export function labelOf(file: Vinyl): string {
  return 'label' in file && typeof file.label === 'string' ? file.label : file.relative;
}

/** A detached signature, as an archive carries it. */
export function signatureFile({ keyId, bytes }: Signature): PartFile {
  return partFile(signaturePart(keyId), bytes);
}

/** Random access to a file's contents, or null where it is a foreign stream (which `contentsOf` can collect). */
export function bytesOfFile(file: Vinyl): Bytes | null {
  if (file.isBuffer()) return bytesOf(file.contents);
  return file.isStream() ? (sources.get(file.contents) ?? null) : null;
}

/** All contents of a file; empty where it has none. E_LIMIT above `limit` bytes. */
export async function contentsOf(file: Vinyl, limit = 256 << 20): Promise<Uint8Array> {
  const bytes = bytesOfFile(file);
  if (bytes) return readAll(bytes, limit, file.relative);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of streamOf(file)) {
    size += piece.length;
    if (size > limit) throw tooLarge(file.relative, size, limit);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The contents of a file in pieces; none where it has none. */
export async function* streamOf(file: Vinyl): AsyncGenerator<Uint8Array> {
  const bytes = bytesOfFile(file);
  if (bytes) yield* chunksOf(bytes);
  if (bytes || !file.isStream()) return;
  const made = makers.get(file.contents);
  if (made) yield* made;
  if (made) return;
  for await (const piece of piecesOf(file.contents)) {
    if (!(piece instanceof Uint8Array)) {
      throw new PatchError('E_STAGE', `${file.relative}: a stage gave contents that are text, not bytes`, {
        help: 'read with { encoding: false }',
      });
    }
    yield piece;
  }
}

/** Vinyl's own wrapper gives all pieces of some streams to an iterator, but never an end; to events it gives both. */
async function* piecesOf(contents: NodeJS.ReadableStream): AsyncGenerator {
  const pieces = new PassThrough({ objectMode: true, highWaterMark: 1 });
  const cutOff = (): void => {
    if (!pieces.writableEnded) pieces.destroy(new Error('the contents ended before their end'));
  };
  contents.once('error', (error: Error) => pieces.destroy(error)).once('close', cutOff);
  contents.pipe(pieces);
  try {
    yield* pieces;
  } finally {
    (contents as NodeJS.ReadableStream & { destroy?: () => void }).destroy?.();
  }
}

/** Gives back what the contents hold (a temporary file); for whoever reads them last. */
export function release(file: Vinyl): void {
  const held = file.isStream() ? sources.get(file.contents) : undefined;
  held?.close?.();
}

const verified = new WeakSet<ChangeFile>();

/** Marks a file that `verify` has made; the mark cannot be forged from outside of this process. */
export function markVerified(file: ChangeFile): ChangeFile {
  verified.add(file);
  return file;
}
export function isVerified(file: ChangeFile): boolean {
  return verified.has(file);
}
