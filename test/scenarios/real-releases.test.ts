/** Real releases of real applications, patched in place and into a new folder: files, modes and registry. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Releases, dateFns, release, sevenZip } from '../../examples/applications.ts';
import { capture, deploy, normalize } from '../../plugins/index.ts';
import { applyPatch, createPatch, familyOf } from '../../presets/index.ts';
import { isChange, openArchiveFile, run } from '../../src/index.ts';
import type { LayerSource } from '../../src/layer/open-layer.ts';
import { readTree, withScratch } from '../fixtures/tree.ts';

/** Names of what differs between two versions under the rules of an application's family. */
async function differences(application: Releases, base: LayerSource, target: LayerSource): Promise<string[]> {
  const names: string[] = [];
  await run([capture({ base, target }), normalize(familyOf(application.application))], {
    onFile: (file) => {
      if (isChange(file)) names.push(file.change.name);
    },
  });
  return names;
}

const pairs: readonly [title: string, releases: Releases, from: string, to: string, largest: number][] = [
  ['7-Zip 5.0.3 → 5.1.1, programs for three systems', sevenZip, '5.0.3', '5.1.1', 1_700_000],
  ['7-Zip 5.1.1 → 5.2.0, another major version', sevenZip, '5.1.1', '5.2.0', 1_150_000],
  ['date-fns 2.29.3 → 2.30.0, thousands of small files', dateFns, '2.29.3', '2.30.0', 200_000],
];

describe('real releases', () => {
  for (const [title, releases, from, to, largest] of pairs) {
    it(title, async () => {
      await withScratch(async (scratch) => {
        const [base, target] = [release(releases, from), release(releases, to)];
        const file = join(scratch, 'patch.vpa');
        await run([...createPatch(releases.application, { base, target, from, to }), deploy({ file })]);
        // A ceiling, so that a change that makes patches larger is seen.
        expect(readFileSync(file).length).to.be.below(largest);

        const here = join(scratch, 'app');
        const registry = (base.registry ?? []).map((path, index) => {
          const copy = join(scratch, `registry-${index}.reg`);
          cpSync(path, copy);
          return copy;
        });
        cpSync(base.path, here, { recursive: true });
        const out = join(scratch, 'new');
        const options = { to: here, registry, allowUnsigned: true };
        await run([openArchiveFile(file), ...applyPatch({ ...options, out })]);
        expect(await differences(releases, { path: here, registry }, base), 'the base stays').to.deep.equal(
          [],
        );
        const beside = registry.length > 0 ? [`${out}.reg`] : [];
        expect(await differences(releases, { path: out, registry: beside }, target), 'new').to.deep.equal([]);

        await run([openArchiveFile(file), ...applyPatch(options)]);
        expect(await differences(releases, { path: here, registry }, target), 'in place').to.deep.equal([]);
        expect(readTree(here)).to.deep.equal(readTree(out));
      });
    });
  }
});
