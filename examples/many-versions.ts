/** Patches between all neighbouring versions of several applications in one run, several at a time. */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy } from '../plugins/index.ts';
import { createPatch } from '../presets/index.ts';
import { mapOrdered, run, versionPairs } from '../src/index.ts';
import { type Releases, dateFns, release, sevenZip } from './applications.ts';

/** Makes the patches into a folder, `parallel` at a time, and tells of each in the order of the versions. */
export async function makeAll(all: readonly Releases[], folder: string, parallel = 2): Promise<void> {
  await mkdir(folder, { recursive: true });
  const jobs = all.flatMap((one) => versionPairs(Object.keys(one.versions)).map((pair) => ({ one, pair })));
  const results = mapOrdered(jobs, parallel, async ({ one, pair: [from, to] }) => {
    const { id } = one.application;
    const file = join(folder, `${id}-${from}-${to}.vpa`);
    const [base, target] = [release(one, from), release(one, to)];
    await run([...createPatch(one.application, { base, target, from, to }), deploy({ file })]);
    return `${id} ${from} → ${to}: ${((await stat(file)).size / 1000).toFixed(1)} kB`;
  });
  for await (const line of results) console.log(line);
}

if (process.argv[1] === import.meta.filename) {
  const folder = await mkdtemp(join(tmpdir(), 'many-versions-'));
  try {
    await makeAll([sevenZip, dateFns], folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
