/** What a merge could not decide: as data, and one line each for people. */
import type { KeyKind, RegistryKey, RegistryValue } from '../../registry/hive.ts';
import { countKeys } from '../../registry/key.ts';
import type { ConflictKind, RootedConflict, Versions } from '../../registry/merge/conflict.ts';
import { printable } from '../printable.ts';
import { describe } from './counts.ts';
import { pathText } from './key-argument.ts';
import { dataReport, type DataReport, dataText, hex, type KeyReport, keyReport } from './value-report.ts';

type VersionReport = DataReport | KeyReport | string | null;

export interface ConflictReport extends Versions<VersionReport> {
  readonly of: RootedConflict['of'];
  readonly kind: ConflictKind;
  /** From the root's name on. */
  readonly key: string;
  /** Of a value. */
  readonly name?: string;
}

/** Characters of data in one line, for each version. */
const shown = 60;

const kindWords: Readonly<Record<ConflictKind, string>> = {
  'both-changed': 'changed differently',
  'both-added': 'added differently',
  'theirs-removed': 'removed by theirs, changed by ours',
  'ours-removed': 'removed by ours, changed by theirs',
};

export function conflictReport(conflict: RootedConflict): ConflictReport {
  const at = {
    of: conflict.of,
    kind: conflict.kind,
    key: pathText(conflict.root, conflict.path),
    ...(conflict.of === 'value' && { name: conflict.name }),
  };
  switch (conflict.of) {
    case 'key':
      return { ...at, ...each(conflict, (key: RegistryKey) => keyReport(key)) };
    case 'value':
      return { ...at, ...each(conflict, (value: RegistryValue) => dataReport(value)) };
    case 'security':
      return { ...at, ...each(conflict, hex) };
    default:
      return { ...at, ...each<string, string>(conflict, (text) => text) };
  }
}

/** `HKEY_LOCAL_MACHINE\A, value "v": changed differently: base 1 (0x1), theirs 2 (0x2), ours 3 (0x3)`. */
export function conflictLine(conflict: RootedConflict): string {
  const key = pathText(conflict.root, conflict.path);
  const what = {
    key: '',
    value: conflict.of === 'value' ? `, value ${JSON.stringify(conflict.name)}` : '',
    'key-kind': ', kind of the key',
    class: ', class of the key',
    security: ', security of the key',
  }[conflict.of];
  const { base, theirs, ours } = versionTexts(conflict);
  const versions = `base ${base ?? 'none'}, theirs ${theirs ?? 'none'}, ours ${ours ?? 'none'}`;
  return printable(`${key}${what}: ${kindWords[conflict.kind]}: ${versions}`);
}

function versionTexts(conflict: RootedConflict): Versions<string> {
  switch (conflict.of) {
    case 'key':
      return each(conflict, (key: RegistryKey) =>
        key.kind === 'delete-entry' ? '(hides the key below)' : describe(countKeys(key)),
      );
    case 'value':
      return each(conflict, (value: RegistryValue) => dataText(value, shown));
    case 'key-kind':
      return each(conflict, (kind: KeyKind) => kind);
    case 'class':
      return each(conflict, (name: string) => JSON.stringify(name));
    case 'security':
      return each(conflict, (security: Uint8Array) => `${security.length} bytes`);
  }
}

function each<T, R>({ base, theirs, ours }: Versions<T>, report: (version: T) => R): Versions<R> {
  const of = (version: T | null): R | null => (version === null ? null : report(version));
  return { base: of(base), theirs: of(theirs), ours: of(ours) };
}
