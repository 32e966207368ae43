/** hivex as a writer: it makes hives of the trees that it is asked for, all of a batch in one process. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey, inOrder } from '../../../src/registry/key.ts';
import { formatRegf } from '../../../src/registry/regf-write/format-regf.ts';
import { testData } from '../wine/test-files.ts';

/** Debian's interpreter, for which python3-hivex is made. */
const python = '/usr/bin/python3';

/**
 * A line of JSON for each hive. hivex cannot begin a hive: it adds to one that has a root key and nothing else. `junk`: keys
 * that are added before the tree and deleted after it, so that the hive has free cells and lists that shrank.
 */
const script = `
import hivex, json, sys
sys.setrecursionlimit(10000)
def fill(h, node, key):
    h.node_set_values(node, [{'key': n, 't': t, 'value': bytes.fromhex(d)} for n, t, d in key['values']])
    for child in key['keys']:
        fill(h, h.node_add_child(node, child['name']), child)
for at, line in enumerate(open(sys.argv[1] + '/trees', encoding='utf-8')):
    tree = json.loads(line)
    h = hivex.Hivex(sys.argv[1] + '/start', write=True)
    junk = [h.node_add_child(h.root(), name) for name in tree['junk']]
    for node in junk:
        h.node_set_values(node, [{'key': 'v', 't': 3, 'value': bytes(100)}])
    fill(h, h.root(), tree['root'])
    for node in junk:
        h.node_delete_child(node)
    h.commit('%s/%d' % (sys.argv[1], at))
`;

/** A tree as the script reads it. */
interface Asked {
  readonly name: string;
  readonly values: readonly (readonly [name: string, type: number, hex: string])[];
  readonly keys: readonly Asked[];
}

function asked(key: RegistryKey, turned: boolean): Asked {
  const values = [...inOrder(key.values)].map(({ name, type, data }): Asked['values'][number] => {
    return [name, Number(type), Buffer.from(data).toString('hex')];
  });
  const keys = [...inOrder(key.keys)].map((child) => asked(child, turned));
  return { name: key.name, values, keys: turned ? keys.reverse() : keys };
}

/** The hive that hivex's own tests begin with; where it is missing, one of ours with nothing in it. */
function startHive(): Uint8Array {
  const minimal = join(testData, 'hives/hivex/minimal');
  return existsSync(minimal) ? readFileSync(minimal) : formatRegf(emptyKey());
}

/** The hives that hivex writes: names, types and data only. It throws where hivex refuses a tree. */
export function writeWithHivex(trees: readonly RegistryKey[]): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'vpa-hivex-writer-'));
  try {
    const lines = trees.map((root, at) => {
      const junk = Array.from({ length: (at % 4) * 7 }, (_, number) => `junk of hivex ${number}`);
      return JSON.stringify({ root: asked(root, at % 2 === 1), junk });
    });
    writeFileSync(join(folder, 'trees'), lines.join('\n'));
    writeFileSync(join(folder, 'start'), startHive());
    const { status, stderr, error } = spawnSync(python, ['-c', script, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`hivex: ${error?.message ?? stderr}`);
    return trees.map((_, at) => readFileSync(join(folder, String(at))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
