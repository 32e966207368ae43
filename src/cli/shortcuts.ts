/** Shortcuts among the entries that differ: where they lead. */
import { unpack, verify } from '../../plugins/index.ts';
import { type Bytes, bytesOf } from '../bytes.ts';
import { type Shortcut, readShortcut } from '../layer/shortcut.ts';
import { type Change, copyEncoding } from '../patch/change.ts';
import type { FieldChange, ObjectChange } from '../registry/objects/object.ts';
import type { Comparison } from '../stream/comparison.ts';
import { type ChangeFile, bytesOfFile, contentsOf, isChange } from '../stream/file.ts';
import { openArchiveFile } from '../stream/open-archive-file.ts';
import { colors } from './colors.ts';
import { printable } from './printable.ts';
import { type PatchFacts, unchecked } from './read-patch.ts';
import { objectLines } from './registry/object-lines.ts';
import type { Session } from './session.ts';

/** Like a change of an object of the registry, but of an entry: `name` is the entry's. */
export interface ShortcutChange extends Pick<ObjectChange, 'name' | 'change' | 'fields'> {
  readonly kind: 'shortcut';
}

/** In the order in which they are shown, and what people call them. */
const titles: readonly (readonly [keyof Shortcut, string])[] = [
  ['target', 'target'],
  ['arguments', 'arguments'],
  ['workingFolder', 'folder'],
  ['icon', 'icon'],
  ['description', 'description'],
  ['relativePath', 'relative path'],
];

const isShortcutName = (name: string): boolean => /\.lnk$/i.test(name);

/** What `vpa diff` knows of a change: none where neither side is a shortcut, or both say the same. */
export async function diffShortcut(file: ChangeFile, comparison?: Comparison): Promise<ShortcutChange[]> {
  const { change } = file;
  const oldName = change.kind === 'move' ? change.from : change.name;
  const hadOne = isShortcutName(oldName) && change.before?.type === 'file';
  const hasOne = isShortcutName(change.name) && change.after?.type === 'file';
  const before = hadOne && file.before ? await readShortcut(file.before) : null;
  const now = hasOne ? await bytesAfter(file, comparison) : null;
  const after = now && (await readShortcut(now));
  if (after === null) {
    return before ? [{ kind: 'shortcut', name: oldName, change: 'removed', fields: [] }] : [];
  }
  const fields = fieldsOf(after, before);
  if (before && fields.length === 0) return [];
  return [{ kind: 'shortcut', name: change.name, change: before ? 'changed' : 'added', fields }];
}

/** Moves and copies carry no content: it is in the base, and as such in the target. */
async function bytesAfter(file: ChangeFile, comparison?: Comparison): Promise<Bytes | null> {
  const { kind, name, encoding } = file.change;
  if (kind === 'move') return file.before;
  if (encoding.includes(copyEncoding)) {
    return comparison?.target.entries.find((entry) => entry.name === name)?.bytes ?? null;
  }
  return bytesOfFile(file) ?? bytesOf(await contentsOf(file));
}

function fieldsOf(after: Shortcut, before: Shortcut | null): FieldChange[] {
  return titles.flatMap(([key, field]) => {
    const was = before?.[key] ?? null;
    return was === after[key] ? [] : [{ field, before: was, after: after[key] }];
  });
}

/** What a patch alone says of shortcuts: those whose whole content it carries. Read once more only if there are any. */
export async function patchShortcuts(
  session: Session,
  path: string,
  { changes }: PatchFacts,
): Promise<readonly ShortcutChange[]> {
  if (!changes.some(isCarried)) return [];
  const found: ShortcutChange[] = [];
  const noted = session.notes.map(({ code }) => code);
  await session.run(
    [openArchiveFile(path), unpack(unchecked), verify(unchecked)],
    async (file) => {
      if (!isChange(file) || !isCarried(file.change)) return;
      const bytes = bytesOfFile(file);
      const shortcut = bytes && (await readShortcut(bytes));
      if (!shortcut) return;
      const { name, kind } = file.change;
      const isNew = kind === 'add';
      // Of a shortcut that was there before, nobody knows what it had been.
      const fields = fieldsOf(shortcut, null).map(({ field, after }) => ({
        field,
        ...(isNew && { before: null }),
        after,
      }));
      found.push({ kind: 'shortcut', name, change: isNew ? 'added' : 'changed', fields });
    },
    [...noted, 'untrusted'],
  );
  return found;
}

function isCarried({ kind, name, after, encoding, group }: Change): boolean {
  const carried = (kind === 'add' || kind === 'modify') && encoding.length === 0 && group === undefined;
  return carried && after.type === 'file' && isShortcutName(name);
}

const signs = { added: '+', changed: '~', removed: '-' } as const;
const paints = { added: colors.green, changed: colors.yellow, removed: colors.red } as const;

/** Longer texts are cut, in UTF-16 code units; the document of --json has them whole. */
const shown = 100;

/** Objects of the registry, then shortcuts; one line each, behind an empty one. None where there is nothing. */
export function objectAndShortcutLines(changes: readonly (ObjectChange | ShortcutChange)[]): string[] {
  const objects = objectLines(changes.filter((one) => one.kind !== 'shortcut'));
  const lines = changes
    .filter((one) => one.kind === 'shortcut')
    .map((one) => paints[one.change](printable(`  ${signs[one.change]} ${describeShortcut(one)}`)));
  return lines.length > 0 && objects.length === 0 ? ['', ...lines] : [...objects, ...lines];
}

/** `shortcut AppRoot/Acme.lnk: target C:\old.exe → C:\new.exe`; `shortcut AppRoot/Acme.lnk added: target C:\acme.exe`. */
function describeShortcut({ name, change, fields }: ShortcutChange): string {
  const title = `shortcut ${name}${change === 'changed' ? '' : ` ${change}`}`;
  const texts = fields.map(({ field, before, after }) => {
    if (change === 'added') return `${field} ${cut(after)}`;
    return `${field} ${before === undefined ? '' : `${cut(before)} `}→ ${cut(after)}`;
  });
  return texts.length === 0 ? title : `${title}: ${texts.join(', ')}`;
}

function cut(text: string | null): string {
  if (text === null) return '(none)';
  return text.length > shown ? `${text.slice(0, shown)}…` : text;
}
