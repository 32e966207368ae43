/** Shows a registry delta to people, in .reg syntax as far as that goes. Not meant to be read back. */
import { type DeltaRecord, type RegistryDelta, samePath, type SetValue } from './delta.ts';
import { type HiveRoot, type KeyKind, REG_BINARY, type RegistryValue } from '../hive.ts';
import { dataText, quote } from '../text/reg-line.ts';
import { rootPaths } from '../roots.ts';

/** More data than this is not shown whole, in bytes. */
const shownData = 4096;
const shortened = 32;
const noData = new Uint8Array(0);

/** Records whose line is that of the key itself. */
const saysKey: ReadonlySet<DeltaRecord['op']> = new Set(['add-key', 'remove-key', 'set-kind']);

const kindWords: Readonly<Record<KeyKind, string>> = {
  key: 'an ordinary key',
  'delete-entry': 'a delete entry',
  opaque: 'an opaque key',
};

/**
 * One block of lines for each key that differs, each line with a comment that says what happened. Lines end in LF. A
 * delete entry, which is content of the layer, looks like a removal in .reg syntax; the comment tells them apart.
 */
export function formatDelta(delta: RegistryDelta, root: HiveRoot): string {
  const blocks: string[][] = [];
  let path: readonly string[] | null = null;
  let key = '';
  for (const record of delta.records) {
    const same = path !== null && samePath(path, record.path);
    if (!same) key = [rootPaths[root], ...record.path].join('\\');
    const lines = same ? (blocks.at(-1) ?? []) : [];
    if (lines.length === 0) {
      blocks.push(lines);
      if (!saysKey.has(record.op)) lines.push(visible(`[${key}]`));
    }
    lines.push(visible(lineOf(record, key)));
    path = record.path;
  }
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function lineOf(record: DeltaRecord, key: string): string {
  switch (record.op) {
    case 'add-key':
      return `${keyLine(key, record.kind)} ; added${record.kind === 'key' ? '' : `: ${kindWords[record.kind]}`}`;
    case 'remove-key':
      return `[-${key}] ; removed: ${record.removed.keys} key(s), ${record.removed.values} value(s)`;
    case 'rename-key':
      return `; the key's name was written ${quote(record.from)}`;
    case 'set-kind':
      return `${keyLine(key, record.after)} ; changed: was ${kindWords[record.before]}, is ${kindWords[record.after]}`;
    case 'set-link':
      return `;#link ; ${record.link ? 'added' : 'removed'}`;
    case 'set-class':
      return `;#class=${quote(record.to)} ; ${classChange(record.from, record.to)}`;
    case 'set-security':
      return securityLine(record.security);
    case 'patch-value': {
      const { before, size } = record.difference;
      const start = unfolded({ ...record, data: noData });
      return `${valueName(record.name)}=${start}… ; changed: ${size} bytes, was ${before.size} bytes`;
    }
    case 'remove-value':
      return `${valueName(record.name)}=- ; removed`;
    default:
      return valueLine(record);
  }
}

function keyLine(key: string, kind: KeyKind): string {
  return kind === 'delete-entry' ? `[-${key}]` : `[${key}]`;
}

function classChange(from: string, to: string): string {
  if (from === '') return 'added';
  return to === '' ? `removed: was ${quote(from)}` : `changed: was ${quote(from)}`;
}

function securityLine(security: Uint8Array): string {
  if (security.length === 0) return ';#security= ; removed';
  const more = security.length > shortened ? ',…' : '';
  const start = unfolded({ name: '', type: REG_BINARY, data: security.subarray(0, shortened) });
  return `;#security=${start}${more} ; changed: ${security.length} bytes`;
}

function valueLine(record: SetValue): string {
  const done = record.op === 'add-value' ? 'added' : 'changed';
  const left = `${valueName(record.name)}=`;
  if (record.type === 'delete-entry') return `${left}- ; ${done}: a delete entry`;
  if (record.data.length <= shownData) return `${left}${unfolded(record)} ; ${done}`;
  const start = unfolded({ ...record, data: record.data.subarray(0, shortened) });
  return `${left}${start},… ; ${done}: ${record.data.length} bytes`;
}

/** On one line, however long: the reader's window folds it. */
function unfolded(value: RegistryValue): string {
  return dataText(value, 0).replaceAll('\\\r\n  ', '');
}

function valueName(name: string): string {
  return name === '' ? '@' : quote(name);
}

/** Writes out what would move a terminal's cursor or turn the direction of writing. */
function visible(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (unit) => {
    return `\\u{${unit.charCodeAt(0).toString(16)}}`;
  });
}
