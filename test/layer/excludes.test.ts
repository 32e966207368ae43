import { expect } from 'chai';
import { createExclude } from '../../src/layer/excludes.ts';
import { refusal } from '../fixtures/patching.ts';

describe('exclude entries', () => {
  for (const [rule, matching, others] of [
    [
      '*.log',
      ['AppRoot/a.log', 'AppRoot/d/.log', 'V/x/y/z.log'],
      ['AppRoot/a.log.txt', 'AppRoot/log', 'AppRoot/A.LOG'],
    ],
    ['cache', ['AppRoot/cache', 'AppRoot/d/cache', 'AppRoot/cache/x'], ['AppRoot/cache2']],
    ['logs/**', ['AppRoot/logs/a', 'AppRoot/logs/a/b', 'V/logs/x'], ['AppRoot/d/logs/a']],
    ['logs/', ['AppRoot/logs/a', 'AppRoot/logs/a/b'], ['AppRoot/d/logs/a']],
    ['**/tmp/*', ['AppRoot/tmp/a', 'AppRoot/d/tmp/b'], ['AppRoot/tmp']],
    ['AppRoot/data/*.ini', ['AppRoot/data/a.ini'], ['V/data/a.ini', 'AppRoot/data/d/a.ini']],
    ['/AppRoot/x', ['AppRoot/x'], ['V/AppRoot/x', 'AppRoot/d/x']],
    ['~$*', ['AppRoot/~$doc.docx'], ['AppRoot/doc~$']],
    ['$RECYCLE.BIN', ['AppRoot/$RECYCLE.BIN'], ['AppRoot/RECYCLE.BIN']],
    ['!keep', ['AppRoot/!keep'], ['AppRoot/keep', 'AppRoot/other']],
    ['.*', ['AppRoot/.git', 'AppRoot/d/.x'], ['AppRoot/a.b']],
  ] as const) {
    it(`${rule} matches what it says`, () => {
      const exclude = createExclude([rule]);
      for (const name of matching) expect(exclude(name), name).to.equal(true);
      for (const name of others) expect(exclude(name), name).to.equal(false);
    });
  }

  it('tell which of them matched nothing, once each, sorted', () => {
    const exclude = createExclude(['b', 'a', 'c', 'a']);
    expect(exclude.rules).to.deep.equal(['a', 'b', 'c']);
    expect(exclude.unmatched()).to.deep.equal(['a', 'b', 'c']);
    exclude('AppRoot/b');
    expect(exclude.unmatched()).to.deep.equal(['a', 'c']);
  });

  it('that would take for ever are refused, and those that are allowed end', async () => {
    for (const rule of [
      'a*a*a*a*',
      '**/a/**/b/**/c/**/d/**/e/**/f/**/g/**/h/**/i',
      '+(a)b',
      '(a+)+b',
      '{a,b}{a,b}{a,b}{a,b}',
      'x'.repeat(257),
    ]) {
      await refusal(() => createExclude([rule]), 'E_USAGE');
    }
    const slow = createExclude(['*a*a*b', '**/*a*a/**/*b', '{a,b}{a,b}*x', 'Program Files \\(x86\\)']);
    const start = performance.now();
    slow(`AppRoot/${'a'.repeat(250)}/${'a'.repeat(250)}/${'a'.repeat(250)}`);
    expect(performance.now() - start).to.be.below(5000);
    expect(slow('AppRoot/Program Files (x86)')).to.equal(true);
  });

  it('that are empty are refused', async () => {
    for (const rule of ['', '  ']) await refusal(() => createExclude(['a', rule]), 'E_USAGE');
  });
});
