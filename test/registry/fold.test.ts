import { expect } from 'chai';
import fc from 'fast-check';
import { foldName } from '../../src/registry/hive.ts';

/** FORMAT §3.4 with the engine's own mapping, whichever Unicode version that is. */
function engineFold(unit: string): string {
  const upper = unit.toUpperCase();
  if (upper.length !== 1) return unit;
  return upper.charCodeAt(0) < 0x80 && unit.charCodeAt(0) >= 0x80 ? unit : upper;
}

/** Units that got an upper case after Unicode 15.0, and must not get one here. */
const later = new Map([
  [16, '\u019b\u0264\u1c8a\ua7cd\ua7db'],
  [17, '\ua7cf\ua7d3\ua7d5'],
]);
const known = 17;

describe('the frozen case mapping', () => {
  const version = Number.parseInt(process.versions.unicode ?? '0');

  it("is the engine's for all 65,536 code units, but for what came after Unicode 15.0", function () {
    if (version < 15 || version > known) {
      process.stderr.write(`skipped: the engine has Unicode ${version}\n`);
      this.skip();
    }
    const frozen = [...later].flatMap(([since, units]) => (since <= version ? units.split(/(?:)/) : []));
    const different: string[] = [];
    for (let code = 0; code < 0x10000; code++) {
      const unit = String.fromCharCode(code);
      if (foldName(unit) !== engineFold(unit)) different.push(unit);
    }
    expect(different).to.deep.equal(frozen.sort());
    for (const unit of frozen) expect(foldName(unit)).to.equal(unit);
  });

  it('law: folding twice is folding once, for every code unit', () => {
    for (let code = 0; code < 0x10000; code++) {
      const folded = foldName(String.fromCharCode(code));
      expect(foldName(folded) === folded && folded.length === 1, code.toString(16)).to.equal(true);
    }
  });

  it('law: a name folds unit by unit', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii' }));
    fc.assert(
      fc.property(name, (text) => {
        const units = Array.from({ length: text.length }, (_, at) => foldName(text.charAt(at)));
        expect(foldName(text)).to.equal(units.join(''));
      }),
    );
  });
});
