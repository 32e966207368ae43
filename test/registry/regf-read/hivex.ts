/** hivex, the reader that ours is compared with, through its Python binding. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import type { Dump } from './test-hives.ts';

// Names come through the C functions' lengths; timestamps are FILETIME.
const script = `
import base64, hivex, json, sys
sys.setrecursionlimit(10000)
def dump(h, node, name):
    values = []
    for value in h.node_values(node):
        kind, length = h.value_type(value)
        # hivex follows the offset of data even where there are none, which for a tombstone leads nowhere.
        data = h.value_value(value)[1] if length > 0 else b''
        values.append([h.value_key(value), kind & 0xffffffff, base64.b64encode(data).decode()])
    return {'name': name, 'stamp': str(h.node_timestamp(node)), 'values': values,
            'keys': [dump(h, child, h.node_name(child)) for child in h.node_children(node)]}
trees = []
for path in sys.argv[1:]:
    h = hivex.Hivex(path)
    trees.append(dump(h, h.root(), ''))
print(json.dumps(trees))
`;

/** Python that has hivex: the system's own, since Debian packages the binding for that one only. */
const python = '/usr/bin/python3';

/** Skips the test, with the reason, where hivex is missing; in CI (environment variable CI) fails instead. */
export function needsHivex(test: Context): void {
  const { status, stderr, error } = spawnSync(python, ['-c', 'import hivex'], { encoding: 'utf8' });
  if (status === 0) return;
  const reason = `python3-hivex is missing: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(reason);
  process.stderr.write(`      skipped, ${reason}\n`);
  test.skip();
}

/** What hivex reads in each hive; the root key without its name. */
export function readWithHivex(hives: readonly Buffer[]): readonly Dump[] {
  const folder = mkdtempSync(join(tmpdir(), 'vpa-hivex-'));
  try {
    const paths = hives.map((bytes, index) => {
      const path = join(folder, String(index));
      writeFileSync(path, bytes);
      return path;
    });
    const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...paths], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    if (status !== 0) throw new Error(`hivex: ${stderr}`);
    return JSON.parse(stdout) as Dump[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
