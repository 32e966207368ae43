import { randomBytes } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type Evidence, containerOf, explain } from '../../src/patch/explain.ts';

const known: Evidence = {
  size: 1_000_000,
  cost: 400_000,
  referenced: true,
  old: 600_000,
  fresh: 400_000,
  density: 0.4,
  beginning: null,
};

describe('patch/explain', () => {
  it('has one reason for each thing that is wrong', () => {
    const cases: readonly [Partial<Evidence>, readonly string[], RegExp][] = [
      [{ referenced: false, old: 0, fresh: 1_000_000 }, ['no-reference'], /^no old file is like it$/],
      [{ old: 30_000, fresh: 970_000 }, ['little-in-common'], /^only 3\.0 % of it come from old files$/],
      [{}, ['large-rewrite'], /^large parts were rewritten: 40 % of it are new$/],
      [{ old: 999_000, fresh: 1000 }, ['scattered'], /^99 % of it come from old files, but differ/],
      [{ old: null, fresh: null, density: null }, ['little-in-common'], /^no delta/],
      [{ cost: 20_000 }, ['small'], /^takes only 2\.0 % of its size$/],
      [{ cost: 100, size: 200, old: 0 }, ['small'], /next to nothing/],
    ];
    for (const [evidence, reasons, text] of cases) {
      const said = explain({ ...known, ...evidence });
      expect(said.reasons).to.deep.equal(reasons);
      expect(said.text).to.match(text);
    }
  });

  it('tells what hardly compresses, by name where its beginning has one', () => {
    const encrypted = explain({ ...known, density: 1, beginning: Uint8Array.from(Buffer.alloc(32, 0x5a)) });
    expect(encrypted.reasons).to.deep.equal(['large-rewrite', 'high-entropy']);
    expect(encrypted.text).to.contain('compressed or encrypted (unknown form)');
    const archive = explain({ ...known, referenced: false, density: 1, beginning: gzipSync('hello') });
    expect(archive.reasons).to.deep.equal(['no-reference', 'high-entropy']);
    expect(archive.text).to.match(/^no old file is like it; .*compressed \(gzip\)$/);
    // A name alone is no reason: a zip of stored files compresses well.
    expect(explain({ ...known, beginning: gzipSync('hello') }).reasons).to.deep.equal(['large-rewrite']);
  });

  it('knows containers by their first bytes, and never takes others for one', () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const webp = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WEBPVP8 ')]);
    expect(
      [png, webp, Buffer.from('PK\u0003\u0004'), Buffer.from('7z\u00bc\u00af\u0027\u001c', 'latin1')].map(
        containerOf,
      ),
    ).to.deep.equal(['png', 'webp', 'zip, jar or office document', '7z']);
    expect(containerOf(new Uint8Array())).to.equal(null);
    expect(containerOf(Buffer.from('MZ\u0090\u0000', 'latin1'))).to.equal(null);
    expect(containerOf(Buffer.concat([Buffer.from([0]), deflateRawSync(randomBytes(64))]))).to.equal(null);
  });
});
