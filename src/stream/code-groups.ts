/** From changes whose contents are whole to groups of deltas: reads the files, and gives vinyl files back. */
import { type Bytes, joinBytes } from '../bytes.ts';
import type { CodecContext, DeltaCodec } from '../delta/codec.ts';
import { isText } from '../delta/cover/profile.ts';
import type { LevelName } from '../delta/cover/levels.ts';
import type { Entry } from '../layer/layer.ts';
import type { Reference } from '../patch/change.ts';
import { type Encoded, encodeContent } from '../patch/encode-content.ts';
import type { Group } from '../patch/group.ts';
import { type Candidate, type Grouped, groupFiles } from '../patch/grouping.ts';
import { findSimilarFiles } from '../patch/similar-files.ts';
import type Vinyl from 'vinyl';
import type { Comparison } from './comparison.ts';
import { type ChangeFile, bytesOfFile, changeFile, isChange } from './file.ts';
import { mapOrdered } from './map.ts';

export interface FileCandidate extends Candidate {
  readonly file: ChangeFile;
  readonly bytes: Bytes;
}

export interface CodedGroup {
  readonly group: Group;
  readonly payload: Bytes;
}

/** What became of some files: each alone, or all in a group whose number is known when it is made. */
export interface CodedFiles {
  readonly group: CodedGroup | null;
  readonly files: readonly {
    readonly file: Vinyl;
    readonly made: (group: number | undefined) => Promise<ChangeFile>;
  }[];
}

/** How much of a file tells whether it is text. */
const sampled = 64 << 10;
/** Groups up to this size are coded again without the references that nothing was taken from. */
const codedAgain = 8 << 20;

/** The changes that have contents to carry, with what in the base they are like. */
export async function withCandidates(
  files: readonly Vinyl[],
  comparison: Comparison | undefined,
  level: LevelName,
  signal: AbortSignal,
): Promise<FileCandidate[]> {
  const base = new Map(comparison?.base.entries.map((entry) => [entry.name, entry]));
  const found: { file: ChangeFile; bytes: Bytes; before: Entry | null }[] = [];
  for (const file of files) {
    if (!isChange(file) || file.change.encoding.length > 0 || file.change.after?.type !== 'file') continue;
    const bytes = bytesOfFile(file);
    if (!bytes || bytes.size === 0) continue;
    const before = base.get(file.change.name);
    found.push({ file, bytes, before: before?.meta.type === 'file' ? before : null });
  }
  const wanted = level === 'max' ? found.length > 0 : found.some(({ before }) => !before);
  const similar = wanted ? await findSimilarFiles([...base.values()], signal) : null;
  const candidates: FileCandidate[] = [];
  for (const { file, bytes, before } of found) {
    const { name } = file.change;
    const text = isText(await bytes.read(0, Math.min(sampled, bytes.size)));
    const alike = similar ? await similar.find(name, bytes) : [];
    candidates.push({ file, bytes, name, size: bytes.size, text, before, alike });
  }
  return candidates;
}

/** Codes every group, several at once; gives them in order. `onBytes` hears of progress. */
export async function* codeGroups(
  candidates: readonly FileCandidate[],
  codecs: readonly DeltaCodec[],
  context: CodecContext,
  onBytes: (bytes: number, label: string) => void,
): AsyncGenerator<CodedFiles> {
  const code = async (group: Grouped<FileCandidate>): Promise<CodedFiles | null> => {
    const encoded = await encodeGroup(group, codecs, context);
    for (const { size, name } of group.members) onBytes(size, name);
    return encoded;
  };
  const groups = codecs.length > 0 ? groupFiles(candidates) : [];
  for await (const result of mapOrdered(groups, context.executor.concurrency, code)) if (result) yield result;
}

async function encodeGroup(
  { members, references }: Grouped<FileCandidate>,
  codecs: readonly DeltaCodec[],
  context: CodecContext,
): Promise<CodedFiles | null> {
  const target = joinBytes(members.map(({ bytes }) => bytes));
  const parts = members.map(({ file, size }) => ({ size, digest: digestAfter(file) }));
  const encode = (chosen: readonly Entry[]): Promise<Encoded | null> =>
    encodeContent(referenceBytes(chosen), target, parts, codecs, context);
  let chosen = references;
  let encoded = await encode(chosen);
  if (!encoded) return null;
  if (references.length > 1 && target.size <= codedAgain) {
    const used = await usedReferences(references, encoded, codecs, target.size, context);
    if (used.length < references.length) {
      const again = await encode(used);
      encoded.delta.close();
      if (!again) return null;
      [chosen, encoded] = [used, again];
    }
  }
  return finished(members, chosen, encoded);
}

function finished(
  members: readonly FileCandidate[],
  references: readonly Entry[],
  { codec, delta }: Encoded,
): CodedFiles {
  const [only] = references;
  const [member] = members;
  if (members.length === 1 && references.length === 1 && only && member) {
    const { change, before } = member.file;
    const own = change.before !== null && only.name === change.name;
    const record = { ...change, encoding: [codec], ...(!own && { reference: referenceTo(only) }) };
    return { group: null, files: [{ file: member.file, made: () => changeFile(record, delta, before) }] };
  }
  const group = { encoding: [codec], references: references.map(referenceTo), payload: delta.size };
  const files = members.map(({ file }) => ({
    file,
    made: (number = 0) => changeFile({ ...file.change, group: number }, null, file.before),
  }));
  return { group: { group, payload: delta }, files };
}

/** The references that a delta takes something from. */
async function usedReferences(
  references: readonly Entry[],
  { codec, delta }: Encoded,
  codecs: readonly DeltaCodec[],
  size: number,
  context: CodecContext,
): Promise<Entry[]> {
  const reads = codecs.find(({ id }) => id === codec)?.reads;
  if (!reads) return [...references];
  const ends: number[] = [];
  let total = 0;
  for (const { meta } of references) ends.push((total += 'size' in meta ? meta.size : 0));
  const used = new Set<number>();
  for await (const { offset, length } of reads(total, delta, size, context)) {
    let index = ends.findIndex((end) => end > offset);
    for (; index >= 0 && index < ends.length; index++) {
      used.add(index);
      if ((ends[index] ?? 0) >= offset + length) break;
    }
  }
  return references.filter((_, index) => used.has(index));
}

function referenceBytes(references: readonly Entry[]): Bytes {
  return joinBytes(references.flatMap(({ bytes }) => bytes ?? []));
}

function referenceTo({ name, meta }: Entry): Reference {
  if (meta.type !== 'file') throw new TypeError(`${name} is no file`);
  return { name, size: meta.size, digest: meta.digest };
}

function digestAfter({ change }: ChangeFile): `sha256:${string}` {
  return change.after?.type === 'file' ? change.after.digest : 'sha256:';
}
