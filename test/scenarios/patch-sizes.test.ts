/**
 * Patches of real releases, without a signature, against the sizes that they once had. A larger one fails, and so does
 * one that is smaller by more than the slack: then the ceiling has to be lowered, or the gain can be lost unseen.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { deploy } from '../../plugins/index.ts';
import { createPatch, defineApplication } from '../../presets/index.ts';
import { type LevelName, levelNames } from '../../src/delta/cover/levels.ts';
import { run } from '../../src/index.ts';
import { withScratch } from '../fixtures/tree.ts';
import { patchSizes } from './patch-sizes.ts';

const slack = 0.02;
const installed = (name: string): string => join(import.meta.dirname, '..', '..', 'node_modules', name);

describe('patch sizes', () => {
  for (const { base, target, ceilings } of patchSizes) {
    for (const level of levelNames) {
      const ceiling = ceilings[level];
      it(`${base} → ${target}, level ${level}`, async () => {
        const size = await patchSize(installed(base), installed(target), level);
        expect(size, 'the patch has become larger').to.be.at.most(ceiling);
        const floor = Math.floor(ceiling * (1 - slack));
        expect(size, `the patch has become smaller: lower its ceiling to ${size}`).to.be.at.least(floor);
      });
    }
  }
});

async function patchSize(base: string, target: string, level: LevelName): Promise<number> {
  return withScratch(async (scratch) => {
    const file = join(scratch, 'patch.vpa');
    const application = defineApplication({ id: 'org.example.releases' });
    await run([...createPatch(application, { base, target, from: '1', to: '2', level }), deploy({ file })]);
    return statSync(file).size;
  });
}
