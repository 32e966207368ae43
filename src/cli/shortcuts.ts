/** Shortcuts among the entries that differ: where they lead. */
import { unpack, verify } from '../../plugins/index.ts';
import { type Bytes, bytesOf } from '../bytes.ts';
import { type Shortcut, readShortcut } from '../layer/shortcut.ts';
import { type Change, copyEncoding } from '../patch/change.ts';
import type { FieldChange, ObjectChange } from '../registry/objects/object.ts';
import type { Comparison } from '../stream/comparison.ts';
import { type ChangeFile, bytesOfFile, contentsOf, isChange } from '../stream/file.ts';
import { openArchiveFile } from '../stream/open-archive-file.ts';
import { type PatchFacts, unchecked } from './read-patch.ts';
import type { Session } from './session.ts';

/** Like a change of an object of the registry, but of an entry: `name` is the entry's. */
export interface ShortcutChange extends Pick<ObjectChange, 'name' | 'change' | 'fields'> {
  readonly kind: 'shortcut';
}

/** In the order in which they are shown; what people call the fields. */
const titles = {
  target: 'target',
  arguments: 'arguments',
  workingFolder: 'folder',
  icon: 'icon',
  description: 'description',
  relativePath: 'relative path',
} as const satisfies Record<keyof Shortcut, string>;

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
  return keys.flatMap((key) => {
    const was = before?.[key] ?? null;
    return was === after[key] ? [] : [{ field: titles[key], before: was, after: after[key] }];
  });
}

const keys = ['target', 'arguments', 'workingFolder', 'icon', 'description', 'relativePath'] as const;

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

function isCarried({ kind, name, after, encoding }: Change): boolean {
  const carried = (kind === 'add' || kind === 'modify') && encoding.length === 0;
  return carried && after.type === 'file' && isShortcutName(name);
}
