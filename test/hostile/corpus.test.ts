import { expect } from 'chai';
import { listing, readTree } from '../fixtures/tree.ts';
import { base, build } from './archive.ts';
import { corpus } from './corpus/corpus.ts';
import { contentOf, refusals, withScene } from './target.ts';

/** A hostile patch must not cost more than this to refuse. In ms; generous, since other tests run meanwhile. */
const patience = 20_000;

describe('hostile archives', () => {
  it('the archive that they are made from is applied, in place and to a new folder', () =>
    withScene(async (scene) => {
      const around = scene.around();
      const patch = await build();
      await scene.apply(patch, 'copy');
      expect(listing(readTree(scene.app))).to.deep.equal(listing(base));
      await scene.apply(patch);
      expect(scene.around()).to.deep.equal(around);
      expect(contentOf(scene, 'readme.txt')).to.equal('two');
      expect(listing(readTree(`${scene.root}/in/new`))).to.deep.equal(listing(readTree(scene.app)));
    }));

  it('are more than a hundred, each with a name of its own', () => {
    expect(corpus.length).to.be.above(100);
    expect(new Set(corpus.map(({ name }) => name)).size).to.equal(corpus.length);
    for (const { code } of corpus) expect(refusals).to.include(code);
  });

  for (const { name, code, says, twist, prepare, build: make } of corpus) {
    it(`${code}: ${name}`, async () => {
      const patch = await (make?.() ?? build(twist));
      await withScene(async (scene) => {
        const before = [scene.around(), scene.whole()];
        for (const into of ['place', 'copy'] as const) {
          const start = performance.now();
          const error = await scene.refusal(patch, into);
          expect(`${error.code}: ${[error.message, ...error.details].join('\n')}`, into).to.match(
            new RegExp(`^${code}: [^]*${says.source}`, says.flags),
          );
          expect(performance.now() - start, into).to.be.below(patience);
          expect([scene.around(), scene.whole()], into).to.deep.equal(before);
        }
      }, prepare);
    });
  }
});
