/** From changes whose contents are whole to groups of deltas: reads the files, and gives vinyl files back. */
import { type Bytes, joinBytes, lastAtMost } from '../bytes.ts';
import type { CodecContext, DeltaCodec, Draft, ReadRange } from '../delta/codec.ts';
import { isText } from '../delta/cover/profile.ts';
import type { LevelName } from '../delta/cover/levels.ts';
import type { Entry } from '../layer/layer.ts';
import type { Reference } from '../patch/change.ts';
import { type Encoded, encodeContent } from '../patch/encode-content.ts';
import type { Group } from '../patch/group.ts';
import { type Candidate, type Grouped, groupFiles, mostWithRelatives } from '../patch/grouping.ts';
import { findSimilarFiles } from '../patch/similar-files.ts';
import type Vinyl from 'vinyl';
import type { Comparison } from './comparison.ts';
import { type ChangeFile, bytesOfFile, changeFile, isChange } from './file.ts';
import { mapOrdered } from './map.ts';
import { type Meter, createMeter } from './meter.ts';

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

/** What is known of the base beside its contents. */
export interface KnownBase {
  readonly entries: readonly Entry[];
  /** Names that the changes name anyway. */
  readonly named: ReadonlySet<string>;
}

/** How much of a reference has to be used, in bytes, for its name to be worth its place in the patch. */
const worthNaming = 192;
/** How much of a file tells whether it is text. */
const sampled = 64 << 10;
/** Of groups up to this size is found out first from which references little is taken; the second where all of them are named anyway. */
const drafted = mostWithRelatives;
const draftedAnyway = 1 << 20;

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
  { entries, named }: KnownBase,
  codecs: readonly DeltaCodec[],
  context: CodecContext,
  onBytes: (bytes: number, label: string) => void,
): AsyncGenerator<CodedFiles> {
  const code = async (group: Grouped<FileCandidate>): Promise<CodedFiles | null> => {
    const meter = createMeter(group.members, onBytes);
    const encoded = await encodeGroup(group, named, codecs, context, meter);
    meter.finish();
    return encoded;
  };
  const groups = codecs.length > 0 ? groupFiles(candidates, entries) : [];
  for await (const result of mapOrdered(groups, context.executor.concurrency, code)) if (result) yield result;
}

async function encodeGroup(
  { members, references }: Grouped<FileCandidate>,
  named: ReadonlySet<string>,
  codecs: readonly DeltaCodec[],
  given: CodecContext,
  meter: Meter,
): Promise<CodedFiles | null> {
  const target = joinBytes(members.map(({ bytes }) => bytes));
  const most = references.every(({ name }) => named.has(name)) ? draftedAnyway : drafted;
  const drafting =
    references.length > 1 && target.size <= most
      ? codecs.find((codec) => codec.draft !== undefined)
      : undefined;
  const passes = codecs.length + (drafting ? 1 : 0) + 1;
  const onPass = (bytes: number): void => meter.passed(bytes, passes);
  const context = { ...given, onEncoded: onPass };
  const wanted = {
    bytes: target,
    parts: members.map(({ file, size }) => ({ size, digest: digestAfter(file) })),
  };
  let chosen = references;
  let encoded: Encoded | null = null;
  const drafts = new Map<DeltaCodec, Draft>();
  const draft = await drafting?.draft?.(referenceBytes(references), target, context);
  if (drafting && draft) {
    const used = usedReferences(references, named, draft.reads);
    if (used.length < references.length)
      encoded = await encodeContent(referenceBytes(used), wanted, codecs, context, { onDecoded: onPass });
    if (encoded) chosen = used;
    else drafts.set(drafting, draft);
  }
  encoded ??= await encodeContent(referenceBytes(chosen), wanted, codecs, context, {
    drafts,
    onDecoded: onPass,
  });
  return encoded && finished(members, chosen, encoded);
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
    const record = { ...change, encoding: [codec.id], ...(!own && { reference: referenceTo(only) }) };
    return { group: null, files: [{ file: member.file, made: () => changeFile(record, delta, before) }] };
  }
  const group = { encoding: [codec.id], references: references.map(referenceTo), payload: delta.size };
  const files = members.map(({ file }) => ({
    file,
    made: (number = 0) => changeFile({ ...file.change, group: number }, null, file.before),
  }));
  return { group: { group, payload: delta }, files };
}

/** The references that something is taken from: enough to name them, unless the patch names them anyway. */
function usedReferences(
  references: readonly Entry[],
  named: ReadonlySet<string>,
  reads: readonly ReadRange[],
): readonly Entry[] {
  const starts: number[] = [];
  let total = 0;
  for (const { bytes } of references) {
    starts.push(total);
    total += bytes?.size ?? 0;
  }
  const used = references.map(() => 0);
  for (const { offset, length } of reads) {
    for (let index = lastAtMost(starts, offset), at = offset; at < offset + length; index++) {
      const end = Math.min(offset + length, starts[index + 1] ?? total);
      used[index] = (used[index] ?? 0) + end - at;
      at = end;
    }
  }
  return references.filter(({ name }, index) => (used[index] ?? 0) >= (named.has(name) ? 1 : worthNaming));
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
