/**
 * The index as bytes (FORMAT §5.1): columns, since like things compress best beside each other. Writing and reading go
 * through the same list of columns.
 */
import { type Digest, tooLarge } from '../bytes.ts';
import type { Meta } from '../layer/layer.ts';
import type { Change, Reference } from './change.ts';
import { readNames, writeNames } from './index-names.ts';
import { placesOf, readReferences, writeReferences } from './index-references.ts';
import type { PatchIndex, StateSize } from './index-table.ts';
import type { Limits } from './limits.ts';
import { areInline } from './frames.ts';
import { malformed } from './schema.ts';
import { type WireReader, type WireWriter, wireReader, wireWriter } from './wire.ts';

const magic = Buffer.from('VPI\u0001', 'latin1');
const what = 'the index';
const kinds = ['add', 'modify', 'move', 'remove'] as const;
const types = [null, 'file', 'hive', 'link', 'directory', 'delete-entry'] as const;
const digestSize = 32;
/** Of the digests of all that is touched: nobody finds another content for 128 bits of one. */
const touchedSize = 16;

/** How many bytes of its digest a record has: enough to name what differs, where the digests of all say that something does. Of very many, the size has to do. */
export function checkLength(records: number): number {
  return records <= 256 ? 2 : records <= 2048 ? 1 : 0;
}

export function formatIndex({ states, changes, groups, frames, touched }: PatchIndex): Uint8Array {
  const out = wireWriter();
  out.bytes(magic);
  const metas = changes.flatMap(({ kind, before, after }) => (kind === 'move' ? [before] : [before, after]));
  const check = checkLength(metas.filter((meta) => meta && 'digest' in meta).length);
  for (const count of [changes.length, groups.length, frames.length, check]) out.number(count);
  for (const { kind, before, after } of changes) {
    out.bytes(Uint8Array.of(kinds.indexOf(kind) + 4 * (typeOf(before) + 6 * typeOf(after))));
  }
  writeNames(
    out,
    changes.map(({ name }) => name),
  );
  writeNames(
    out,
    changes.flatMap((change) => (change.kind === 'move' ? [change.from] : [])),
  );
  for (const meta of metas) if (meta && 'size' in meta) out.number(meta.size);
  for (const meta of metas) if (meta?.type === 'link') out.text(meta.to);
  for (const meta of metas) if (hasMode(meta)) out.number((meta.mode ?? -1) + 1);
  for (const { kind, after } of changes)
    if (kind === 'move' && hasMode(after)) out.number((after.mode ?? -1) + 1);
  for (const meta of metas) if (meta && 'digest' in meta) out.digest(meta.digest, check);
  for (const { group = -1 } of changes) out.number(group + 1);
  for (const { encoding } of [...changes, ...groups, ...frames]) writeEncoding(out, encoding);
  for (const { payload } of [...changes, ...groups]) out.number(payload);
  const places = placesOf(changes);
  for (const { reference } of changes) writeReferences(out, reference ? [reference] : [], places, check);
  for (const { references } of groups) writeReferences(out, references, places, check);
  for (const { size, stored } of frames) {
    out.number(size);
    out.number(stored);
  }
  const frameDigest = frameDigestSize(frames);
  for (const { digest } of frames) out.digest(digest, frameDigest);
  for (const { entries, size } of [states.base, states.target]) {
    out.number(entries);
    out.number(size);
  }
  out.digest(touched.before, touchedSize);
  out.digest(touched.after, touchedSize);
  return out.finish();
}

/** Reads what formatIndex writes, as plain data that is still to be checked. E_FORMAT, and E_LIMIT for too many of anything. */
export function parseIndex(data: Uint8Array, limits: Limits): unknown {
  const from = wireReader(data, what);
  if (Buffer.compare(from.bytes(magic.length), magic) !== 0)
    throw malformed(what, 'it does not begin as one');
  const [changeCount, groupCount, frameCount, check] = [
    from.number(),
    from.number(),
    from.number(),
    from.number(),
  ];
  // A change takes a byte at least, a group and a frame too: no count is believed that the data cannot have.
  if (changeCount + groupCount + frameCount > from.left()) throw malformed(what, 'it is cut off');
  if (changeCount > limits.changes) throw tooLarge('the list of changes', changeCount, limits.changes);
  if (groupCount > changeCount) throw malformed(what, 'it has more groups than changes');
  if (check > digestSize) throw malformed(what, `its checks have ${check} bytes`);
  const heads = [...from.bytes(changeCount)].map((byte) => {
    const [before, after] = [types[Math.floor(byte / 4) % 6], types[Math.floor(byte / 24)]];
    if (after === undefined || before === undefined) throw malformed(what, 'an entry has an unknown type');
    return { kind: kinds[byte % 4] ?? 'add', before, after };
  });
  const names = readNames(from, changeCount, limits.index, what);
  const moves = heads.filter(({ kind }) => kind === 'move').length;
  const sources = readNames(from, moves, limits.index, what);
  const sides = heads.flatMap(({ kind, before, after }) => (kind === 'move' ? [before] : [before, after]));
  const metas = sides.map((type): Record<string, unknown> | null => type && { type });
  const each = (of: readonly string[], read: (meta: Record<string, unknown>) => void): void => {
    for (const meta of metas) if (meta && of.includes(meta['type'] as string)) read(meta);
  };
  each(['file', 'hive'], (meta) => (meta['size'] = from.number()));
  each(['link'], (meta) => (meta['to'] = from.text()));
  const mode = (meta: Record<string, unknown>): void => {
    const value = from.number();
    if (value > 0) meta['mode'] = value - 1;
  };
  each(['file', 'directory'], mode);
  const moved = heads.flatMap(({ kind, after }) => {
    if (kind !== 'move') return [];
    const meta: Record<string, unknown> = { type: after };
    if (after === 'file' || after === 'directory') mode(meta);
    return [meta];
  });
  each(['file', 'hive'], (meta) => (meta['digest'] = from.digest(check)));
  const groupsOf = heads.map(() => from.number());
  const encodings = Array.from({ length: changeCount + groupCount + frameCount }, () => readEncoding(from));
  const payloads = Array.from({ length: changeCount + groupCount }, () => from.number());
  let at = 0;
  let move = 0;
  const changes = heads.map(({ kind }, index): Record<string, unknown> => {
    const before = metas[at++] ?? null;
    const isMove = kind === 'move';
    const after = isMove ? { ...before, mode: undefined, ...moved[move] } : (metas[at++] ?? null);
    if (isMove && after && after['mode'] === undefined) Reflect.deleteProperty(after, 'mode');
    const group = groupsOf[index] ?? 0;
    return {
      kind,
      name: names[index],
      ...(isMove && { from: sources[move++] }),
      before,
      after,
      encoding: encodings[index],
      payload: payloads[index],
      ...(group > 0 && { group: group - 1 }),
    };
  });
  const places = placesOf(changes as unknown as Change[]); // names and types are there; nothing else is looked at
  let room = limits.changes;
  const references = (): Reference[] => {
    const found = readReferences(from, places, check, room, what);
    room -= found.length;
    return found;
  };
  for (const change of changes) {
    const [reference, ...more] = references();
    if (more.length > 0) throw malformed(what, `${String(change['name'])}: it has several references`);
    if (reference) change['reference'] = reference;
  }
  const groups = Array.from({ length: groupCount }, (_, index) => ({
    encoding: encodings[changeCount + index],
    references: references(),
    payload: payloads[changeCount + index],
  }));
  const frames = Array.from({ length: frameCount }, (_, index) => ({
    encoding: encodings[changeCount + groupCount + index],
    size: from.number(),
    stored: from.number(),
  })).map((frame) => ({ ...frame, digest: '' as Digest }));
  const frameDigest = frameDigestSize(frames);
  for (const frame of frames) frame.digest = from.digest(frameDigest);
  const stateSize = (): StateSize => ({ entries: from.number(), size: from.number() });
  const states = { base: stateSize(), target: stateSize() };
  const touched = { before: from.digest(touchedSize), after: from.digest(touchedSize) };
  if (from.left() > 0) throw malformed(what, 'bytes stand behind its end');
  return { states, changes, groups, frames, touched };
}

/** Frames behind the index need none of their own: the manifest has the digest of the whole part. */
function frameDigestSize(frames: readonly { readonly stored: number }[]): number {
  return areInline(frames) ? 0 : digestSize;
}

function typeOf(meta: Meta | null): number {
  return types.indexOf(meta?.type ?? null);
}

function hasMode(meta: Meta | null): meta is Meta & { readonly type: 'file' | 'directory' } {
  return meta?.type === 'file' || meta?.type === 'directory';
}

/** Most have none or one; names of codecs are few, and compress. */
function writeEncoding(out: WireWriter, encoding: readonly string[]): void {
  out.number(encoding.length);
  for (const step of encoding) out.text(step);
}

function readEncoding(from: WireReader): string[] {
  const count = from.number();
  if (count > 8) throw malformed(what, 'an encoding has too many steps');
  return Array.from({ length: count }, () => from.text());
}
