/**
 * The index as bytes (FORMAT §5.1): columns, since like things compress best beside each other. Writing and reading go
 * through the same list of columns.
 */
import type { Digest } from '../bytes.ts';
import type { Meta } from '../layer/layer.ts';
import type { Change, Reference } from './change.ts';
import type { PatchIndex } from './index-table.ts';
import { malformed } from './schema.ts';
import { type WireReader, type WireWriter, wireReader, wireWriter } from './wire.ts';

const magic = Buffer.from('VPI\u0001', 'latin1');
const what = 'the index';
const kinds = ['add', 'modify', 'move', 'remove'] as const;
const types = [null, 'file', 'hive', 'link', 'directory', 'delete-entry'] as const;
const digestSize = 32;

/** How many bytes of its digest a record has: enough to name what differs, where the digests of all say that something does. Of very many, the size has to do. */
export function checkLength(records: number): number {
  return records <= 256 ? 2 : records <= 2048 ? 1 : 0;
}

export function formatIndex({ changes, groups, frames, touched }: PatchIndex): Uint8Array {
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
  for (const meta of metas) if (meta && 'digest' in meta) out.bytes(bytesOfDigest(meta.digest, check));
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
  for (const { digest } of frames) out.bytes(bytesOfDigest(digest, digestSize));
  out.bytes(bytesOfDigest(touched.before, digestSize));
  out.bytes(bytesOfDigest(touched.after, digestSize));
  return out.finish();
}

/** Reads what formatIndex writes, as plain data that is still to be checked. E_FORMAT, and E_LIMIT for too many of anything. */
export function parseIndex(data: Uint8Array): unknown {
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
  if (check > digestSize) throw malformed(what, `its checks have ${check} bytes`);
  const heads = [...from.bytes(changeCount)].map((byte) => {
    const [before, after] = [types[Math.floor(byte / 4) % 6], types[Math.floor(byte / 24)]];
    if (after === undefined || before === undefined) throw malformed(what, 'an entry has an unknown type');
    return { kind: kinds[byte % 4] ?? 'add', before, after };
  });
  const names = readNames(from, changeCount);
  const moves = heads.filter(({ kind }) => kind === 'move').length;
  const sources = readNames(from, moves);
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
  each(['file', 'hive'], (meta) => (meta['digest'] = readDigest(from, check)));
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
  for (const change of changes) {
    const [reference, ...more] = readReferences(from, places, check);
    if (more.length > 0) throw malformed(what, `${String(change['name'])}: it has several references`);
    if (reference) change['reference'] = reference;
  }
  const groups = Array.from({ length: groupCount }, (_, index) => ({
    encoding: encodings[changeCount + index],
    references: readReferences(from, places, check),
    payload: payloads[changeCount + index],
  }));
  const frames = Array.from({ length: frameCount }, (_, index) => ({
    encoding: encodings[changeCount + groupCount + index],
    size: from.number(),
    stored: from.number(),
  })).map((frame) => ({ ...frame, digest: '' as Digest }));
  for (const frame of frames) frame.digest = readDigest(from, digestSize);
  const touched = { before: readDigest(from, digestSize), after: readDigest(from, digestSize) };
  if (from.left() > 0) throw malformed(what, 'bytes stand behind its end');
  return { changes, groups, frames, touched };
}

function typeOf(meta: Meta | null): number {
  return types.indexOf(meta?.type ?? null);
}

function hasMode(meta: Meta | null): meta is Meta & { readonly type: 'file' | 'directory' } {
  return meta?.type === 'file' || meta?.type === 'directory';
}

/** All lengths of what a name has in common with the one before, then all rests. */
function writeNames(out: WireWriter, names: readonly string[]): void {
  const all = names.map((name) => Buffer.from(name));
  const shared = all.map((name, index) => commonLength(all[index - 1], name));
  shared.forEach((length) => out.number(length));
  all.forEach((name, index) => {
    out.bytes(name.subarray(shared[index]));
    out.bytes(Uint8Array.of(0));
  });
}

function readNames(from: WireReader, count: number): string[] {
  const shared = Array.from({ length: count }, () => from.number());
  let last = Buffer.alloc(0);
  return shared.map((length) => {
    if (length > last.length) throw malformed(what, 'a name shares more than there is');
    const rest: number[] = [];
    for (let byte = from.bytes(1)[0] ?? 0; byte !== 0; byte = from.bytes(1)[0] ?? 0) rest.push(byte);
    last = Buffer.concat([last.subarray(0, length), Uint8Array.from(rest)]);
    const name = last.toString();
    if (!Buffer.from(name).equals(last)) throw malformed(what, 'a name is not valid UTF-8');
    return name;
  });
}

function commonLength(a: Buffer | undefined, b: Buffer): number {
  let length = 0;
  while (a && length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** The place of the change that takes a file of the base away or changes it, by the file's name there. */
function placesOf(
  changes: readonly Change[],
): ReadonlyMap<string, number> & { readonly changes: readonly Change[] } {
  const places = new Map<string, number>();
  changes.forEach((change, index) => {
    if (change.before?.type === 'file') places.set(change.kind === 'move' ? change.from : change.name, index);
  });
  return Object.assign(places, { changes });
}

/** A file that the patch changes anyway is said by its place among the changes, from the last one on. */
function writeReferences(
  out: WireWriter,
  references: readonly Reference[],
  places: ReadonlyMap<string, number>,
  check: number,
): void {
  out.number(references.length);
  let expected = 0;
  for (const { name, size, digest } of references) {
    const place = places.get(name);
    if (place === undefined) {
      out.number(0);
      out.text(name);
      out.number(size);
      out.bytes(bytesOfDigest(digest, check));
      continue;
    }
    const step = place - expected;
    out.number(step >= 0 ? step * 2 + 1 : -step * 2);
    expected = place + 1;
  }
}

function readReferences(
  from: WireReader,
  places: ReadonlyMap<string, number> & { readonly changes: readonly Change[] },
  check: number,
): Reference[] {
  const count = from.number();
  if (count > from.left()) throw malformed(what, 'it is cut off');
  let expected = 0;
  return Array.from({ length: count }, () => {
    const step = from.number();
    if (step === 0) {
      const name = from.text();
      if (places.has(name)) throw malformed(what, `the reference ${name} is among the changes`);
      return { name: name as Reference['name'], size: from.number(), digest: readDigest(from, check) }; // checked by the schema
    }
    const place = expected + (step % 2 === 1 ? (step - 1) / 2 : -step / 2);
    const change = places.changes[place];
    if (change?.before?.type !== 'file')
      throw malformed(what, `a reference is to change ${place}, which has no file before`);
    expected = place + 1;
    const { size, digest } = change.before;
    return { name: change.kind === 'move' ? change.from : change.name, size, digest };
  });
}

function bytesOfDigest(digest: Digest, length: number): Uint8Array {
  return Buffer.from(digest.slice('sha256:'.length), 'hex').subarray(0, length);
}

function readDigest(from: WireReader, length: number): Digest {
  return `sha256:${Buffer.from(from.bytes(length)).toString('hex')}`;
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
