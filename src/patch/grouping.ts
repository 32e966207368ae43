/** Decides which files are coded together, and against which files of the base. */
import type { Entry } from '../layer/layer.ts';
import { compareNames } from '../layer/name.ts';

/** A file whose content has to be carried. */
export interface Candidate {
  readonly name: string;
  readonly size: number;
  readonly text: boolean;
  /** What the base has under its name. */
  readonly before: Entry | null;
  /** What else in the base it is like, the most alike first. */
  readonly alike: readonly Entry[];
}

export interface Grouped<File extends Candidate> {
  /** In byte order of names. */
  readonly members: readonly File[];
  readonly references: readonly Entry[];
}

/** Text that is held against all old text, in bytes: its covers are found first, since most of that turns out to be of no use. */
export const mostWithRelatives = 8 << 20;
/** A program of this size is worth a group of its own. */
const large = 1 << 20;
/** How much of the base a group may be coded against: what the codec keeps in view, and no list of references without end. */
const mostReferences = { text: 40 << 20, binary: 128 << 20 };

/**
 * Text shares one group, small binary files another, in the order of `files`; so do their references. `base` is what new text is held
 * against, beside what it is like, if it is not too much.
 */
export function groupFiles<File extends Candidate>(
  files: readonly File[],
  base: readonly Entry[],
): Grouped<File>[] {
  const groups: Grouped<File>[] = [];
  const text = files.filter((file) => file.text);
  const few = files.filter((file) => !file.text && file.size < large);
  const isNew = text.some(({ before }) => !before) && sizeOfAll(text) <= mostWithRelatives;
  const relatives = isNew ? relativesOf(text, base) : [];
  if (text.length > 0) groups.push(grouped(text, relatives));
  if (few.length > 0) groups.push(grouped(few));
  for (const file of files) if (!file.text && file.size >= large) groups.push(grouped([file]));
  return groups;
}

function grouped<File extends Candidate>(
  members: readonly File[],
  relatives: readonly Entry[] = [],
): Grouped<File> {
  const most = members[0]?.text === true ? mostReferences.text : mostReferences.binary;
  const chosen = new Map<string, Entry>();
  let size = 0;
  const choose = (entry: Entry | null | undefined): void => {
    if (!entry || entry.meta.type !== 'file' || entry.meta.size === 0 || chosen.has(entry.name)) return;
    if (size + entry.meta.size > most && chosen.size > 0) return;
    chosen.set(entry.name, entry);
    size += entry.meta.size;
  };
  for (const { before } of members) choose(before);
  const deepest = Math.max(...members.map(({ alike }) => alike.length));
  for (let rank = 0; rank < deepest; rank++) for (const { alike } of members) choose(alike[rank]);
  const left = relatives.reduce((sum, entry) => sum + (chosen.has(entry.name) ? 0 : sizeOf(entry)), 0);
  if (size + left <= most) relatives.forEach(choose);
  const references = [...chosen.values()].sort((a, b) => compareNames(a.name, b.name));
  return { members, references };
}

/** Files of the base whose names end like those of some new files. */
function relativesOf(files: readonly Candidate[], base: readonly Entry[]): Entry[] {
  const extensions = new Set(files.map(({ name }) => extension(name)));
  return base.filter(({ name, meta }) => meta.type === 'file' && extensions.has(extension(name)));
}

function extension(name: string): string {
  const file = name.slice(name.lastIndexOf('/') + 1);
  return file.includes('.') ? file.slice(file.lastIndexOf('.')) : '';
}

function sizeOf({ meta }: Entry): number {
  return 'size' in meta ? meta.size : 0;
}

function sizeOfAll(files: readonly Candidate[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
