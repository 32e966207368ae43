/** What a killed run has left beside files outside of its target, before it had a record. */
import { expect } from 'chai';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recoverDirectory } from '../../src/store/recover-directory.ts';
import { besideNames } from '../../src/store/transaction/beside.ts';
import { watchingAllCalls } from '../fixtures/file-calls.ts';
import { refusal } from '../fixtures/patching.ts';
import { withScratch } from '../fixtures/tree.ts';

describe('the list of files beside a target', () => {
  it('is not given up where it cannot be read now: the next run removes what it names', () =>
    withScratch(async (root) => {
      const [app, side] = [join(root, 'app'), join(root, 'app.reg')];
      const list = join(app, '.vpa-work', 'beside.json');
      const { note, draft } = besideNames(side, app);
      mkdirSync(join(app, '.vpa-work'), { recursive: true });
      writeFileSync(list, JSON.stringify(['../app.reg']));
      for (const path of [side, note, draft]) writeFileSync(path, '');
      await watchingAllCalls(
        (call, path) => {
          if (call === 'readFileSync' && path === list)
            throw Object.assign(new Error('EIO'), { code: 'EIO' });
        },
        async () => refusal(() => recoverDirectory(app)),
      );
      expect([list, note, draft].map((path) => existsSync(path))).to.deep.equal([true, true, true]);
      await recoverDirectory(app);
      expect([list, note, draft].map((path) => existsSync(path))).to.deep.equal([false, false, false]);
      expect(existsSync(side)).to.equal(true);
    }));
});
