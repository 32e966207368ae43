/**
 * Builds a patch out of the writer's own pieces, and breaks one thing on the way. Whatever stands behind the broken
 * thing is made anew around it: sums, digests, signatures, headers. So a reader has nothing but the lie itself to see.
 * This is the only file here that knows how an index is coded.
 */
import { type Digest, bytesOf, digestOf } from '../../src/bytes.ts';
import { formatReg } from '../../src/registry/text/format-reg.ts';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { inline } from '../../src/exec/inline.ts';
import type { Meta } from '../../src/layer/layer.ts';
import { compareNames, entryName } from '../../src/layer/name.ts';
import { toCanonicalJson } from '../../src/patch/canonical-json.ts';
import { type Change, copyEncoding } from '../../src/patch/change.ts';
import { type FrameRecord, areInline, frameSize } from '../../src/patch/frames.ts';
import { encodeHiveDelta, registryEncoding } from '../../src/patch/hive-delta.ts';
import type { Group } from '../../src/patch/group.ts';
import type { PatchIndex } from '../../src/patch/index-table.ts';
import { formatIndex } from '../../src/patch/index-wire.ts';
import type { State } from '../../src/patch/manifest.ts';
import { framePart, indexPart, manifestPart, signaturePart } from '../../src/patch/part-names.ts';
import { ed25519Signer, ed25519Verifier, generateKeyPair } from '../../src/sign/ed25519.ts';
import { signedMessage } from '../../src/sign/message.ts';
import type { Trust } from '../../src/sign/policy.ts';
import { inlineXdelta3 } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, link, treeOf } from '../fixtures/tree.ts';
import { type Touched, touchedBy } from '../../src/patch/touched.ts';
import { type RawPart, zipOf } from './zip.ts';

/** A change and the bytes that stand for it in the payload. */
export interface Piece {
  readonly change: Change;
  readonly payload: Uint8Array;
}

/** A frame's record and what stands in the archive for it. */
export interface Frame {
  readonly record: FrameRecord;
  readonly data: Uint8Array;
}

/** A group and the bytes that stand for it in the payload. */
export interface GroupPiece {
  readonly group: Group;
  readonly payload: Uint8Array;
}

/** A manifest as it stands in an archive: without what is so by default (FORMAT §4). */
export interface Manifest {
  readonly format: number;
  readonly application: object;
  readonly base: State;
  readonly target: State;
  readonly index: { readonly size: number; readonly digest: Digest };
}

/** What is broken, in the order in which a patch is made. Each gets what is right and gives what is used. */
export interface Twist {
  readonly pieces?: (honest: readonly Piece[]) => readonly Piece[];
  readonly groups?: readonly GroupPiece[];
  readonly frames?: (frames: readonly Frame[]) => readonly Frame[];
  readonly index?: (index: PatchIndex) => unknown;
  /** Whether frames stand behind the index, whatever their size says. */
  readonly inline?: boolean;
  readonly indexBytes?: (data: Uint8Array) => Uint8Array;
  readonly manifest?: (manifest: Manifest) => unknown;
  readonly manifestBytes?: (data: Uint8Array) => Uint8Array;
  readonly signatures?: (signatures: readonly RawPart[], manifest: Uint8Array) => readonly RawPart[];
  readonly parts?: (parts: readonly RawPart[]) => readonly RawPart[];
  readonly zip?: (archive: Buffer) => Buffer;
}

const key = generateKeyPair();
/** Trusts the key that hostile patches are signed with: a signature makes no patch harmless. */
export const trust: Trust = { keys: [ed25519Verifier(key.publicKey)], threshold: 1 };
const signer = ed25519Signer(key.privateKey);
/** Nobody trusts this one. */
export const stranger = ed25519Signer(generateKeyPair().privateKey);

export const sign = async (message: Uint8Array, by = signer): Promise<RawPart> => {
  const { keyId, bytes } = await by.sign(message);
  return { name: signaturePart(keyId), data: bytes };
};

const program = noise(20_000, 1);
/** The application that hostile patches are made for. */
export const base: Tree = treeOf({
  'notes.exe': program,
  'readme.txt': 'one',
  'dir/old.txt': 'old',
  'dir/keep.txt': 'keep',
  'lib/a.dll': noise(300, 2),
  latest: link('readme.txt'),
  empty: null,
});

const registryText = (count: number): Uint8Array =>
  formatReg(
    parseReg(
      Buffer.from(
        `Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\Software\\Acme]\n"Count"=dword:${String(count).padStart(8, '0')}\n"Data"="text"\n`,
      ),
    ),
  );
export const registry = registryText(1);

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
export const metaOf = (content: Uint8Array | string): Meta & { type: 'file' } => {
  const data = typeof content === 'string' ? bytes(content) : content;
  return { type: 'file', size: data.length, digest: digestOf(data), mode: 0o644 };
};

/** A new file. `name` may be any text: where it is no entry's name, that is the lie. */
export function add(name: string, content: Uint8Array | string = 'evil'): Piece {
  const payload = typeof content === 'string' ? bytes(content) : content;
  const after = metaOf(payload);
  return {
    change: {
      kind: 'add',
      name: name as Change['name'],
      before: null,
      after,
      encoding: [],
      payload: payload.length,
    },
    payload,
  };
}

/** A new entry that is no file. */
export function addMeta(name: string, after: Meta): Piece {
  return bare({ kind: 'add', name: name as Change['name'], before: null, after, encoding: [], payload: 0 });
}

export function remove(name: string, before: Meta): Piece {
  return bare({
    kind: 'remove',
    name: name as Change['name'],
    before,
    after: null,
    encoding: [],
    payload: 0,
  });
}

export function move(from: string, name: string, meta: Meta): Piece {
  const names = { name: name as Change['name'], from: from as Change['name'] };
  return bare({ kind: 'move', ...names, before: meta, after: meta, encoding: [], payload: 0 });
}

export function bare(change: Change): Piece {
  return { change, payload: new Uint8Array() };
}

/** The pieces in the order that the format wants. */
export function sorted(pieces: readonly Piece[]): Piece[] {
  return [...pieces].sort((a, b) => compareNames(a.change.name, b.change.name));
}

/** What is at a path of the base. */
export function contentAt(path: string): Buffer {
  const node = base.get(path);
  if (node?.type !== 'file') throw new Error(`${path} is no file of the base`);
  return bytes(node.content);
}

/** The changed program, and the piece of one of each kind of coding: what honest patches are made of. */
export const newProgram = bytes(
  `${program.slice(0, 9_000)} and a new part in the middle ${program.slice(9_000)}`,
);

async function makeHonest(): Promise<readonly Piece[]> {
  const context = { signal: new AbortController().signal, executor: inline(), memoryLimit: 256 << 20 };
  const before = bytes(program);
  const delta = await together(inlineXdelta3.encode(bytesOf(before), bytesOf(newProgram), context));
  const [was, is] = [registry, registryText(2)];
  const hives = await encodeHiveDelta('machine', bytesOf(was), bytesOf(is));
  const hive = (text: Uint8Array): Meta => ({ type: 'hive', size: text.length, digest: digestOf(text) });
  const keep = metaOf(contentAt('dir/keep.txt'));
  const reference = { name: entryName('AppRoot/dir/keep.txt'), size: keep.size, digest: keep.digest };
  const modify = (
    name: string,
    change: Omit<Change & { kind: 'modify' }, 'kind' | 'name' | 'payload'>,
    payload: Uint8Array,
  ): Piece => {
    return { change: { kind: 'modify', name: entryName(name), payload: payload.length, ...change }, payload };
  };
  return sorted([
    bare({
      ...add('AppRoot/copy.txt', contentAt('dir/keep.txt')).change,
      encoding: [copyEncoding],
      payload: 0,
      reference,
    }),
    remove('AppRoot/dir/old.txt', metaOf(contentAt('dir/old.txt'))),
    addMeta('AppRoot/latest2', { type: 'link', to: 'readme.txt' }),
    move('AppRoot/lib/a.dll', 'AppRoot/lib/b.dll', metaOf(contentAt('lib/a.dll'))),
    addMeta('AppRoot/more', { type: 'directory', mode: 0o755 }),
    add('AppRoot/more/new.txt', 'new'),
    modify(
      'AppRoot/notes.exe',
      { before: metaOf(before), after: metaOf(newProgram), encoding: [inlineXdelta3.id] },
      delta,
    ),
    modify('AppRoot/readme.txt', { before: metaOf('one'), after: metaOf('two'), encoding: [] }, bytes('two')),
    modify('Registry/machine', { before: hive(was), after: hive(is), encoding: [registryEncoding] }, hives),
  ]);
}

async function together(pieces: AsyncIterable<Uint8Array> | null): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces ?? []) all.push(piece);
  if (all.length === 0) throw new Error('the program has no delta');
  return Buffer.concat(all);
}

let honest: Promise<readonly Piece[]> | undefined;

/** An index without any check: what the writer refuses to write is what is needed here. */
const rawIndex = (index: unknown): Uint8Array => formatIndex(index as PatchIndex); // or whatever it is
const rawManifest = (manifest: unknown): Uint8Array => rawJson(manifest);

/** Canonical where it can be. */
function rawJson(value: unknown): Uint8Array {
  try {
    return toCanonicalJson(value);
  } catch {
    return Buffer.from(JSON.stringify(value));
  }
}

/** The frames of a payload, as they are. */
function framesOf(payload: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < payload.length; at += frameSize) {
    const data = payload.subarray(at, at + frameSize);
    frames.push({
      data,
      record: { digest: digestOf(data), encoding: [], size: data.length, stored: data.length },
    });
  }
  return frames;
}

/** Of records that are none, any digest is as right as another. */
function touched(changes: readonly Change[], groups: readonly Group[]): Touched {
  try {
    return touchedBy(changes, groups);
  } catch {
    return { before: digestOf(bytes('before')), after: digestOf(bytes('after')) };
  }
}

/** A whole archive with that twist in it. Without one it is honest, and is applied. */
export async function build(twist: Twist = {}): Promise<Buffer> {
  const given = await (honest ??= makeHonest());
  const pieces = twist.pieces?.(given) ?? given;
  const together = twist.groups ?? [];
  const plain = [pieces, together].flatMap((carriers) =>
    framesOf(Buffer.concat(carriers.map((one) => one.payload))),
  );
  const frames = twist.frames?.(plain) ?? plain;
  const changes = pieces.map((one) => one.change);
  const groups = together.map((one) => one.group);
  const table: PatchIndex = {
    states: { base: { entries: 9, size: 1000 }, target: { entries: 9, size: 1000 } },
    changes,
    groups,
    frames: frames.map((one) => one.record),
    touched: touched(changes, groups),
  };
  const coded = rawIndex(twist.index?.(table) ?? table);
  const index = twist.indexBytes?.(coded) ?? coded;
  const inline = twist.inline ?? areInline(frames.map(({ data }) => ({ stored: data.length })));
  const part = Buffer.concat([index, ...(inline ? frames.map(({ data }) => data) : [])]);
  const manifest = manifestOf(index.length, digestOf(part));
  const text = rawManifest(twist.manifest?.(manifest) ?? manifest);
  const head = twist.manifestBytes?.(text) ?? text;
  const signed = [await sign(signedMessage(head))];
  const signatures = twist.signatures?.(signed, head) ?? signed;
  const parts: RawPart[] = [
    { name: manifestPart, data: head },
    ...signatures,
    { name: indexPart, data: part },
    ...(inline ? [] : frames).map(({ data }, at) => ({ name: framePart(at), data })),
  ];
  const archive = zipOf(twist.parts?.(parts) ?? parts);
  return twist.zip?.(archive) ?? archive;
}

function manifestOf(size: number, digest: Digest): Manifest {
  return {
    format: 1,
    application: { id: 'com.example.notes', name: 'Notes' },
    base: { version: '1.0.0', digest: digestOf(bytes('base')) },
    target: { version: '1.1.0', digest: digestOf(bytes('target')) },
    index: { size, digest },
  };
}
