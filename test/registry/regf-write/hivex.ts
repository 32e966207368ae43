/** hivex and reglookup as oracles: what they read in hives of ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegistryKey } from '../../../src/registry/hive.ts';

/** Debian's interpreter, for which python3-hivex is made; another one in the PATH does not have it. */
const python = '/usr/bin/python3';

function need(test: Mocha.Context, found: boolean, reason: string): void {
  if (found) return;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(reason);
  process.stderr.write(`      skipped, ${reason}\n`);
  test.skip();
}

/** For `before`: skips with a reason where hivex is missing; in CI that is a failure. */
export function needHivex(this: Mocha.Context): void {
  need(this, spawnSync(python, ['-c', 'import hivex']).status === 0, 'python3-hivex is not installed');
}

export function needReglookup(this: Mocha.Context): void {
  need(this, spawnSync('reglookup', []).error === undefined, 'reglookup is not installed');
}

/** Runs something over hives that were written to a temporary directory, and removes it. */
function withFiles<T>(hives: readonly Uint8Array[], run: (folder: string, files: readonly string[]) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'regf-'));
  try {
    const files = hives.map((_, at) => join(folder, `${at}.hive`));
    for (const [at, file] of files.entries()) writeFileSync(file, hives[at] ?? '');
    return run(folder, files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names, times, types and data of every key, sorted as the caller sorts them. */
export interface SeenKey {
  readonly name: string;
  readonly time: string;
  readonly values: readonly (readonly [name: string, type: number, hex: string])[];
  readonly keys: readonly SeenKey[];
}

/** Names as hexadecimal UTF-16, since a pipe and JSON would not bring all of them over. */
const script = `
import hivex, json, sys
def text(name): return name.encode('utf-16-le').hex()
def value(h, v):
    kind, data = h.value_value(v)
    return [text(h.value_key(v)), kind & 0xffffffff, data.hex()]
def key(h, n):
    return {'name': text(h.node_name(n)), 'time': str(h.node_timestamp(n) & 0xffffffffffffffff),
        'values': sorted(value(h, v) for v in h.node_values(n)),
        'keys': sorted((key(h, c) for c in h.node_children(n)), key=lambda k: k['name'])}
for at in range(int(sys.argv[2])):
    h = hivex.Hivex('%s/%d.hive' % (sys.argv[1], at))
    print(json.dumps(key(h, h.root())))
`;

/** What hivex reads, in one process for all hives. It throws where hivex refuses one. */
export function readWithHivex(hives: readonly Uint8Array[]): unknown[] {
  return withFiles(hives, (folder) => {
    const args = ['-c', script, folder, `${hives.length}`];
    const output = execFileSync(python, args, { encoding: 'utf8', maxBuffer: 2 ** 29 });
    const lines = output.trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as unknown);
  });
}

/** What hivex must read. */
export function seenKey(key: RegistryKey, name = key.name): SeenKey {
  const values = [...key.values.values()].map((value): SeenKey['values'][number] => [
    hexName(value.name),
    Number(value.type),
    Buffer.from(value.data).toString('hex'),
  ]);
  return {
    name: hexName(name),
    time: (key.lastWrite ?? 0n).toString(),
    values: values.sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    keys: [...key.keys.values()].map((child) => seenKey(child)).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function hexName(name: string): string {
  return Buffer.from(name, 'utf16le').toString('hex');
}

/** What it says of text that is none, which it prints as bytes then; all else would be a complaint. */
const unprintable = /^WARN: (?:While quoting value|Error occurred while converting|Could not convert).*\n/gm;

export interface Lookup {
  readonly status: number | null;
  readonly errors: string;
  /** Without the heading. */
  readonly lines: readonly string[];
}

/** What reglookup prints of each hive, security included. */
export function lookUp(hives: readonly Uint8Array[]): Lookup[] {
  return withFiles(hives, (_, files) =>
    files.map((file) => {
      const { status, stdout, stderr } = spawnSync('reglookup', ['-s', file], { maxBuffer: 2 ** 29 });
      // For a name with half of a surrogate pair it prints what is in its memory, now and then a line break: a row is what
      // has the type behind the path.
      const printed = stdout.toString('latin1').trimEnd().split('\n').slice(1);
      const lines = printed.filter((line) => /^[^,]*,[A-Za-z0-9_]+,/.test(line));
      return { status, errors: stderr.toString('latin1').replaceAll(unprintable, ''), lines };
    }),
  );
}
