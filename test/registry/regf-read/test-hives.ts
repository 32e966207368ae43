/** The collected hives of the conformance suite, and the whole content of a hive in a form that compares well. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Bytes, bytesOf } from '../../../src/bytes.ts';
import { foldName, type RegistryKey, type RegistryValue } from '../../../src/registry/hive.ts';
import type { RegfKey } from '../../../src/registry/regf-read/hive-key.ts';

const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env['VPA_TEST_DATA'] ?? join(root, 'shared/data'), 'hives');

export interface TestHive {
  /** Path inside the collection, without `.gz`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every file of the collection; null, with the reason on the error stream, when it is not there. */
export function testHives(): readonly TestHive[] | null {
  if (!existsSync(folder)) {
    process.stderr.write(`      skipped, the test hives are missing: ${folder} (set VPA_TEST_DATA)\n`);
    return null;
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && !name.endsWith('.md'))
    .sort()
    .map((name) => {
      const data = readFileSync(join(folder, name));
      return name.endsWith('.gz')
        ? { name: name.slice(0, -3), bytes: gunzipSync(data) }
        : { name, bytes: data };
    });
}

/** The logs of a dirty hive, as the caller would find them beside it. */
export function logsOf(all: readonly TestHive[], hive: TestHive): Bytes[] {
  return ['.LOG', '.LOG1', '.LOG2'].flatMap((end) => {
    const log = all.find(({ name }) => name === hive.name + end);
    return log === undefined ? [] : [bytesOf(log.bytes)];
  });
}

/** Values: name, type, data in base64, in canonical order. Keys: by name, in canonical order. */
export interface Dump {
  readonly name: string;
  readonly stamp: string;
  readonly values: readonly (readonly [string, number, string])[];
  readonly keys: readonly Dump[];
}

export function sortDump(dump: Dump): Dump {
  const values = [...dump.values].sort((a, b) => compare(a[0], b[0]));
  const keys = dump.keys.map(sortDump).sort((a, b) => compare(a.name, b.name));
  return { name: dump.name, stamp: dump.stamp, values, keys };
}

function compare(a: string, b: string): number {
  const [x, y] = [foldName(a), foldName(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A delete entry of a value is stored as type 0 without data. */
function dumpValue(value: RegistryValue): readonly [string, number, string] {
  return [
    value.name,
    value.type === 'delete-entry' ? 0 : value.type,
    Buffer.from(value.data).toString('base64'),
  ];
}

export function dumpModel(key: RegistryKey): Dump {
  return sortDump({
    name: key.name,
    stamp: String(key.lastWrite ?? 0n),
    values: [...key.values.values()].map(dumpValue),
    keys: [...key.keys.values()].map(dumpModel),
  });
}

/** The same by random access. */
export async function dumpLazily(key: RegfKey, name = key.name): Promise<Dump> {
  const values: (readonly [string, number, string])[] = [];
  for await (const value of key.values()) values.push(dumpValue(value));
  const keys: Dump[] = [];
  for await (const child of key.subkeys()) keys.push(await dumpLazily(child));
  return sortDump({ name, stamp: String(key.lastWrite), values, keys });
}
