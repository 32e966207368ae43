/** The records of a delta as data (--json). */
import type { DeltaRecord, RegistryDelta } from '../../registry/delta/delta.ts';
import { foldName, type HiveRoot, type RegistryKey, type RegistryValue } from '../../registry/hive.ts';
import { pathText } from './key-argument.ts';
import { type DataReport, dataReport, hex } from './value-report.ts';

export interface RecordReport {
  readonly op: DeltaRecord['op'];
  /** From the root's name on. */
  readonly key: string;
  /** Of a value: its name, what it is and what it was; null for none. */
  readonly name?: string;
  readonly before?: DataReport | string | null;
  readonly after?: DataReport | string | boolean | null;
  /** What went with a key. */
  readonly removed?: { readonly keys: number; readonly values: number };
}

export function recordReports(
  delta: RegistryDelta,
  root: HiveRoot,
  before: RegistryKey,
  after: RegistryKey,
): RecordReport[] {
  return delta.records.map((record) => {
    const { op } = record;
    const at = { op, key: pathText(root, record.path) };
    switch (record.op) {
      case 'add-key':
        return { ...at, after: record.kind };
      case 'remove-key':
        return { ...at, removed: record.removed };
      case 'rename-key':
        return { ...at, before: record.from, after: record.path.at(-1) ?? '' };
      case 'set-kind':
        return { ...at, before: record.before, after: record.after, removed: record.removed };
      case 'set-link':
        return { ...at, after: record.link };
      case 'set-class':
        return { ...at, before: record.from, after: record.to };
      case 'set-security':
        return { ...at, after: hex(record.security) };
      default: {
        const version = (hive: RegistryKey): DataReport | null => reportOf(find(hive, record));
        return { ...at, name: record.name, before: version(before), after: version(after) };
      }
    }
  });
}

function find(
  hive: RegistryKey,
  { path, name }: { path: readonly string[]; name: string },
): RegistryValue | null {
  let key: RegistryKey | undefined = hive;
  for (const one of path) key = key?.keys.get(foldName(one));
  return key?.values.get(foldName(name)) ?? null;
}

function reportOf(value: RegistryValue | null): DataReport | null {
  return value && dataReport(value);
}
