import { expect } from 'chai';
import {
  assertPartOrder,
  framePart,
  indexPart,
  manifestPart,
  parsePartName,
  parseSignaturePart,
  signaturePart,
} from '../../src/patch/part-names.ts';
import { expectFailure } from './samples.ts';

const order = (names: readonly string[]): void =>
  assertPartOrder(names, names.filter((name) => name.startsWith('frames/')).length);
const signature = (digit: string): string => signaturePart(digit.repeat(32));

describe('part names (FORMAT §2)', () => {
  it('are read as they are made', () => {
    expect(framePart(12)).to.equal('frames/000012');
    expect(parsePartName(framePart(65_531))).to.deep.equal({ kind: 'frame', frame: 65_531 });
    expect(parsePartName(signature('a'))).to.deep.equal({ kind: 'signature', keyId: 'a'.repeat(32) });
    expect(parseSignaturePart(signature('a'))).to.equal('a'.repeat(32));
    expect(parseSignaturePart(indexPart)).to.equal(null);
    for (const name of ['frames/0', 'frames/0000000', 'Index', 'signatures/a', signature('A'), '']) {
      expect(parsePartName(name)).to.equal(null);
    }
  });

  it('come in one order', () => {
    order([manifestPart, indexPart]);
    order([manifestPart, signature('0'), signature('a'), indexPart, framePart(0), framePart(1)]);
  });

  for (const [name, message, names] of [
    ['nothing', /no manifest/, []],
    ['no index', /no index/, [manifestPart]],
    ['no index behind signatures', /no index/, [manifestPart, signature('0')]],
    ['no manifest', /index stands first/, [indexPart]],
    ['a repeated manifest', /manifest.json stands behind manifest.json/, [manifestPart, manifestPart]],
    ['a repeated signature', /out of order/, [manifestPart, signature('0'), signature('0')]],
    ['unsorted signatures', /out of order/, [manifestPart, signature('a'), signature('0')]],
    ['a late signature', /out of order/, [manifestPart, indexPart, signature('0')]],
    ['a frame too early', /out of order/, [manifestPart, framePart(0)]],
    ['a missing frame', /behind index/, [manifestPart, indexPart, framePart(1)]],
    ['a repeated frame', /out of order/, [manifestPart, indexPart, framePart(0), framePart(0)]],
    ['a foreign part', /foreign part, "readme"/, [manifestPart, indexPart, 'readme']],
  ] as const) {
    it(`refuses ${name}`, () => expectFailure('E_FORMAT', message, () => order(names)));
  }

  it('refuses another number of frames', () =>
    expectFailure('E_FORMAT', /1 frames instead of 2/, () =>
      assertPartOrder([manifestPart, indexPart, framePart(0)], 2),
    ));

  it('refuses more than 64 signatures', () => {
    const names = Array.from({ length: 65 }, (_, at) => signaturePart(String(at).padStart(32, '0')));
    return expectFailure('E_FORMAT', /more than 64/, () => order([manifestPart, ...names, indexPart]));
  });
});
