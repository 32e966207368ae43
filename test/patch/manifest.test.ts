import { expect } from 'chai';
import { toCanonicalJson } from '../../src/patch/canonical-json.ts';
import { defaultLimits } from '../../src/patch/limits.ts';
import { decodeManifest, encodeManifest } from '../../src/patch/manifest.ts';
import { expectFailure, manifest } from './samples.ts';

/** As it stands in an archive: without what is so by default. */
const plain = JSON.parse(Buffer.from(encodeManifest(manifest)).toString()) as Record<string, unknown>;
const decode = (changed: object): unknown => decodeManifest(toCanonicalJson({ ...plain, ...changed }));

describe('manifest (FORMAT §4)', () => {
  it('comes back as it was written', () => {
    const full = { ...manifest, sequence: 7, notAfter: '2030-01-31T00:00:00.5Z', description: 'fixes "ü"\n' };
    expect(decodeManifest(encodeManifest(full))).to.deep.equal(full);
    expect(decodeManifest(encodeManifest(manifest))).to.deep.equal(manifest);
  });

  it('leaves out what is so by default', () => {
    const least = {
      ...manifest,
      application: { id: 'notes', name: 'notes' },
      rules: { excludes: [], volatile: [], variables: [] },
    };
    const data = encodeManifest(least);
    const { base, format, index, target } = least;
    const { id } = least.application;
    expect(JSON.parse(Buffer.from(data).toString())).to.deep.equal({
      application: { id },
      base,
      format,
      index,
      target,
    });
    expect(decodeManifest(data)).to.deep.equal(least);
    expect(plain).to.have.all.keys('application', 'base', 'format', 'index', 'rules', 'target');
    expect(plain['rules']).to.have.all.keys('excludes', 'variables');
  });

  it('asks for a newer reader before anything else is looked at', () =>
    expectFailure('E_VERSION', /format 2; this one reads 1/, () =>
      decodeManifest(toCanonicalJson({ format: 2, minimumReader: 2, base: 'whatever' })),
    ));

  it('refuses unknown fields of its own format, and ignores those of a later one', async () => {
    await expectFailure('E_FORMAT', /Unrecognized key: "extra"/, () => decode({ extra: 1 }));
    await expectFailure('E_FORMAT', /base: Unrecognized key/, () =>
      decode({ base: { ...manifest.base, extra: 1 } }),
    );
    const later = { format: 2, extra: 1, base: { ...manifest.base, extra: 1 } };
    expect(decode({ ...later, minimumReader: 1 })).to.deep.equal({ ...manifest, format: 2 });
    await expectFailure('E_VERSION', /format 2/, () => decode(later));
  });

  const { index, rules, base } = manifest;
  for (const [name, changed, message] of [
    ['a missing field', { base: undefined }, /base: /],
    ['no object', { application: 1 }, /application: /],
    ['an empty id', { application: { id: '', name: '' } }, /application\.id/],
    ['a long name', { application: { id: 'a', name: 'x'.repeat(1025) } }, /application\.name/],
    ['a format of 0', { format: 0 }, /format/],
    ['a reader above the format', { format: 0, minimumReader: 1 }, /format/],
    [
      'a bad digest',
      { base: { ...base, digest: base.digest.toUpperCase() } },
      /base\.digest: expected sha256/,
    ],
    ['a size of a state', { base: { ...base, size: 1 } }, /base: Unrecognized key/],
    ['a negative number', { index: { ...index, size: -1 } }, /index\.size/],
    ['a fraction', { index: { ...index, size: 0.5 } }, /index\.size/],
    ['a number above 2^53', { sequence: 2 ** 53 }, /sequence/],
    ['unsorted rules', { rules: { ...rules, excludes: ['b', 'a'] } }, /rules\.excludes: expected sorted/],
    ['repeated rules', { rules: { ...rules, volatile: ['a', 'a'] } }, /rules\.volatile/],
    ['a bad variable', { rules: { ...rules, variables: ['a b'] } }, /rules\.variables\[0\]/],
    ['a bad encoding', { index: { ...index, encoding: ['brotli'] } }, /index\.encoding\[0\]/],
    ['an index of two sizes', { index: { ...index, encoding: [] } }, /index\.stored/],
    ['an index that grew', { index: { ...index, stored: 101 } }, /index\.stored/],
    ['an index coded twice', { index: { ...index, encoding: ['brotli/1', 'brotli/1'] } }, /index\.encoding/],
    ['frames of an older form', { payload: { frames: 1, size: 10, stored: 9 } }, /Unrecognized key/],
    ['a default reader', { minimumReader: 1 }, /by default/],
    ['a default name', { application: { id: 'a', name: 'a' } }, /by default/],
    ['default rules', { rules: {} }, /by default/],
    ['a default rule', { rules: { ...rules, volatile: [] } }, /by default/],
    ['a local time', { notAfter: '2030-01-31T00:00:00' }, /notAfter/],
    ['a day that is not', { notAfter: '2030-02-30T00:00:00Z' }, /notAfter/],
    ['a null', { description: null }, /description/],
    ['a long description', { description: 'x'.repeat(65_537) }, /description/],
  ] as const) {
    it(`refuses ${name}`, () => expectFailure('E_FORMAT', message, () => decode(changed)));
  }

  it('refuses to write what it would refuse to read', () =>
    expectFailure('E_FORMAT', /notAfter/, () => encodeManifest({ ...manifest, notAfter: 'tomorrow' })));

  it('keeps to its limits', async () => {
    const limits = { ...defaultLimits, indexStored: 49 };
    await expectFailure('E_LIMIT', /stored index/, () => decodeManifest(encodeManifest(manifest), limits));
    await expectFailure('E_LIMIT', /manifest.json/, () => decodeManifest(new Uint8Array(2 ** 20 + 1)));
  });
});
