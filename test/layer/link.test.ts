import { expect } from 'chai';
import fc from 'fast-check';
import { posix } from 'node:path';
import { linkProblem } from '../../src/layer/link.ts';

describe('symbolic links (FORMAT §3.2)', () => {
  for (const [name, to] of [
    ['AppRoot/a', 'b'],
    ['AppRoot/a', './b//c/'],
    ['AppRoot/d/a', '../b'],
    ['AppRoot/d/a', './.././b'],
    ['AppRoot/d/e/a', '../..'],
    ['AppRoot/a', '..b/c..'],
    ['AppRoot/a', '127.0.0.1:80'],
  ] as const) {
    it(`accepts ${name} -> ${to}`, () => expect(linkProblem(name, to)).to.equal(null));
  }

  for (const [name, to, problem] of [
    ['AppRoot/a', '', 'empty'],
    ['AppRoot/a', '/etc/passwd', 'absolute'],
    ['AppRoot/a', '../b', 'leads out'],
    ['AppRoot/d/a', '../../AppRoot/b', 'leads out'],
    ['AppRoot/d/a', 'b/../../c', 'up again'],
    ['AppRoot/a', 'b/..', 'up again'],
    ['AppRoot/a', 'c:b', 'drive'],
    ['AppRoot/a', 'C:/b', 'drive'],
    ['AppRoot/d/a', '..\\b', 'backslash'],
    ['AppRoot/a', 'b\0', 'NUL'],
    ['AppRoot/a', '\ud800', 'Unicode'],
    ['AppRoot/a', 'ü'.repeat(2049), 'longer'],
    ['AppRoot', 'b', "variable's folder"],
  ] as const) {
    it(`refuses ${name} -> ${JSON.stringify(to).slice(0, 30)}`, () => {
      expect(linkProblem(name, to)).to.contain(problem);
    });
  }

  it('never accepts a link that leads out', () => {
    const parts = fc.array(fc.constantFrom('..', '.', '', 'a'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(3), parts, (depth, to) => {
        const name = `V/${'d/'.repeat(depth)}link`;
        const path = posix.join('/', name, '..', to.join('/'));
        if (linkProblem(name, to.join('/')) === null) expect(path).to.match(/^\/V(\/|$)/);
      }),
    );
  });
});
