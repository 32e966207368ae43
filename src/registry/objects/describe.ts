/** An object's change in one short line. */
import { foldName } from '../hive.ts';
import type { FieldChange, ObjectChange, ObjectKind } from './object.ts';

const kindWords: Readonly<Record<ObjectKind, string>> = {
  service: 'service',
  'file-association': 'file type',
  'com-server': 'COM server',
  'environment-variable': 'environment variable',
  autostart: 'autostart',
  program: 'program',
  'app-path': 'app path',
};

/** Longer texts are cut, in UTF-16 code units. */
const shown = 100;

/** `service acme: start automatic → manual`; `service acme added: start automatic, image C:\acme.exe`. */
export function describeObject(change: ObjectChange): string {
  const name = `${kindWords[change.kind]} ${cut(change.name)}${remarks(change)}`;
  if (change.change === 'removed') return `${name} removed`;
  const isNew = change.change === 'added';
  const fields = change.fields
    // The name of what is new has just been said.
    .filter(({ after }) => !isNew || after !== change.name)
    .map((field) => fieldText(field, isNew));
  const title = isNew ? `${name} added` : name;
  return fields.length === 0 ? title : `${title}: ${fields.join(', ')}`;
}

function fieldText({ field, before, after }: FieldChange, isNew: boolean): string {
  const is = after === null ? '(none)' : cut(after);
  if (isNew) return `${field} ${is}`;
  // Without the base nobody knows what it was.
  const was = before === undefined ? '' : before === null ? '(none) ' : `${cut(before)} `;
  return `${field} ${was}→ ${is}`;
}

/** What tells objects of one name apart. */
function remarks({ root, path }: ObjectChange): string {
  const words: string[] = [];
  if (root === 'user') words.push('user');
  if (root === 'user-template') words.push('new users');
  if (root === 'users') words.push(cut(path[0] ?? ''));
  const folded = path.map(foldName);
  if (folded.includes('WOW6432NODE')) words.push('32-bit');
  const set = path.find((_, at) => /^CONTROLSET\d+$/.test(folded[at] ?? ''));
  if (set !== undefined) words.push(set);
  if (folded.includes('RUNONCE')) words.push('once');
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function cut(text: string): string {
  return text.length > shown ? `${text.slice(0, shown)}…` : text;
}
