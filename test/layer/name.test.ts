import { expect } from 'chai';
import fc from 'fast-check';
import { compareNames, entryName, nameProblem } from '../../src/layer/name.ts';
import { refusal } from '../fixtures/patching.ts';

describe('names of entries (FORMAT §3.1)', () => {
  for (const name of [
    'AppRoot',
    'AppRoot/a',
    'ProgramFilesX64/Acme Notes/notes.exe',
    'V_1/.hidden',
    'V/..a',
    'V/a..b',
    'V/ leading space',
    'V/con1',
    'V/icon',
    'V/com',
    'V/com10',
    'V/\u00e4',
    'V/a\u0308',
    'V/\u{1f600}',
    `V/${'x'.repeat(255)}`,
    `V/${'\u00fc'.repeat(127)}`,
    "V/it's-$100 (50%) & [more]; #1 {a}",
    'V/__proto__',
    'V/\u202egpj.exe',
  ]) {
    it(`accepts ${JSON.stringify(name.slice(0, 40))}`, () => expect(nameProblem(name)).to.equal(null));
  }

  for (const [name, problem] of [
    ['', 'empty'],
    ['/a', 'not a variable'],
    ['1V/a', 'not a variable'],
    ['V-1/a', 'not a variable'],
    ['C:/a', 'not a variable'],
    ['../a', 'not a variable'],
    ['V//a', 'empty component'],
    ['V/a/', 'empty component'],
    ['V/.', 'relative'],
    ['V/../a', 'relative'],
    ['V/a\\b', 'Windows does not allow'],
    ['V/a:b', 'Windows does not allow'],
    ['V/a:$DATA', 'Windows does not allow'],
    ['V/a*', 'Windows does not allow'],
    ['V/a?', 'Windows does not allow'],
    ['V/"a"', 'Windows does not allow'],
    ['V/<a>', 'Windows does not allow'],
    ['V/a|b', 'Windows does not allow'],
    ['V/a\0', 'Windows does not allow'],
    ['V/a\nb', 'Windows does not allow'],
    ['V/a\x7f', 'Windows does not allow'],
    ['V/a.', 'ends in a dot'],
    ['V/a ', 'ends in a dot or a space'],
    ['V/...', 'ends in a dot'],
    ['V/con', 'devices'],
    ['V/CON.txt', 'devices'],
    ['V/x/Nul', 'devices'],
    ['V/aux.tar.gz', 'devices'],
    ['V/com0', 'devices'],
    ['V/LPT9.log', 'devices'],
    ['V/com\u00b9', 'devices'],
    ['V/conin$', 'devices'],
    ['con/a', 'devices'],
    [`V/${'x'.repeat(256)}`, '255 bytes'],
    [`V/${'\u00fc'.repeat(128)}`, '255 bytes'],
    [`V${'/x'.repeat(20_000)}`, '32767'],
    ['V/\ud800', 'Unicode'],
    ['V/\udc00\ud800', 'Unicode'],
  ] as const) {
    it(`refuses ${JSON.stringify(name.slice(0, 40))}: ${problem}`, async () => {
      expect(nameProblem(name)).to.contain(problem);
      const error = await refusal(() => entryName(name), 'E_NAME');
      expect(error.entry).to.equal(name);
    });
  }

  it('are never repaired: a good name comes back as it was', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const name = `V/${text}`;
        if (nameProblem(name) === null) expect(entryName(name)).to.equal(name);
      }),
    ));

  it('are ordered as the bytes of their UTF-8 form', () => {
    const wellFormed = fc.string({
      unit: fc.constantFrom('a', '/', '-', '\u00e4', '\ud7ff', '\ue000', '\uffee', '\u{10000}', '\u{10ffff}'),
    });
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(Math.sign(compareNames(a, b))).to.equal(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });
});
