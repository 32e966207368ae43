/** Registry files of a real Wine prefix: before, and after two versions of an installer (SOURCES.md beside them). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Registry, RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey } from '../../../src/registry/key.ts';
import { openRegistry } from '../../../src/registry/forms/forms.ts';

export const testData =
  process.env['VPA_TEST_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const folder = join(testData, 'wine');

export const states = ['base', 'A', 'B', 'C', 'NOP'] as const;
export const files = ['system.reg', 'user.reg', 'userdef.reg'] as const;
export type State = (typeof states)[number];

/** A file below the test data, unzipped where it is zipped; null, said once, where it is missing. */
export function dataFile(path: string): Buffer | null {
  const plain = join(testData, path);
  if (existsSync(plain)) return readFileSync(plain);
  if (existsSync(`${plain}.gz`)) return gunzipSync(readFileSync(`${plain}.gz`));
  process.stderr.write(`skipped: ${path} is not in ${testData}; set VPA_TEST_DATA\n`);
  return null;
}

/** Skips the tests of a suite where there are no files of Wine. */
export function needsWineFiles(context: Mocha.Context): void {
  if (existsSync(folder)) return;
  process.stderr.write(`skipped: there is no ${folder}; set VPA_TEST_DATA\n`);
  context.skip();
}

export function wineFile(state: State, name: string): Buffer {
  const data = dataFile(`wine/${state}/${name}`);
  if (data === null) throw new Error(`no ${name} of ${state}`);
  return data;
}

const read = new Map<State, Registry>();

/** The hives of one state of the prefix; read once, since models do not change. */
export function wineRegistry(state: State): Registry {
  const known = read.get(state);
  if (known !== undefined) return known;
  const hives = files.flatMap((name) => [...openRegistry(wineFile(state, name), { name }).registry]);
  const registry: Registry = new Map(hives);
  read.set(state, registry);
  return registry;
}

export function machineOf(state: State): RegistryKey {
  return wineRegistry(state).get('machine') ?? emptyKey();
}
