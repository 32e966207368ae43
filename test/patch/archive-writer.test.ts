import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { emptyArchive, maxArchiveSize, maxParts, withPart } from '../../src/patch/archive-headers.ts';
import { assertFits, writeArchive, type PartSource } from '../../src/patch/archive-writer.ts';
import { framePart } from '../../src/patch/part-names.ts';
import { needs } from '../contract/needs.ts';
import { expectFailure, failure, sampleParts, zipOf } from './samples.ts';

async function* source(parts: Iterable<PartSource>, error?: Error): AsyncGenerator<PartSource> {
  yield* parts;
  if (error) throw error;
}

function* manyFrames(count: number, data: Uint8Array): Generator<PartSource> {
  yield* sampleParts.slice(0, 4);
  for (let at = 0; at < count; at++) yield { name: framePart(at), data };
}

describe('archive writer (FORMAT §2)', () => {
  it('writes the headers of the format and nothing else', async () => {
    const data = await buffer(writeArchive(source(sampleParts)));
    expect(data.equals(zipOf(sampleParts))).to.equal(true);
  });

  it('takes a view of a larger buffer as it is', async () => {
    const parts = sampleParts.map(({ name, data }) => {
      const large = new Uint8Array(data.length + 10);
      large.set(data, 5);
      return { name, data: large.subarray(5, 5 + data.length) };
    });
    expect((await buffer(writeArchive(source(parts)))).equals(zipOf(sampleParts))).to.equal(true);
  });

  it('fails as its source fails, even in the middle', async () => {
    const error = new Error('source broke');
    for (const count of [0, 1, 6]) {
      let caught: unknown;
      await buffer(writeArchive(source(sampleParts.slice(0, count), error))).catch(
        (reason: unknown) => (caught = reason),
      );
      expect(caught).to.equal(error);
    }
  });

  it('refuses parts that are out of order, foreign or missing', async () => {
    const [manifest, , , index, frame] = sampleParts as [
      PartSource,
      unknown,
      unknown,
      PartSource,
      PartSource,
    ];
    await expectFailure('E_FORMAT', /out of order/, () => buffer(writeArchive(source([index, manifest]))));
    await expectFailure('E_FORMAT', /foreign/, () =>
      buffer(writeArchive(source([manifest, { ...index, name: '../x' }]))),
    );
    await expectFailure('E_FORMAT', /no index/, () => buffer(writeArchive(source([manifest]))));
    await expectFailure('E_FORMAT', /out of order/, () =>
      buffer(writeArchive(source([manifest, index, frame, frame]))),
    );
  });

  it('takes no more from its source than its reader asks for, and closes it', async () => {
    let taken = 0;
    let closed = false;
    const frames = async function* (): AsyncGenerator<PartSource> {
      try {
        for (const part of manyFrames(1000, Buffer.alloc(1 << 20))) {
          taken++;
          yield part;
        }
      } finally {
        closed = true;
      }
    };
    const archive = writeArchive(frames());
    for await (const chunk of archive) {
      expect((chunk as Uint8Array).length).to.be.above(0);
      if (taken >= 8) break;
    }
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    expect(taken).to.be.below(20);
    expect(closed).to.equal(true);
  });

  it('refuses what needs zip64', async () => {
    assertFits({ count: maxParts, total: maxArchiveSize });
    await expectFailure('E_LIMIT', /65534 parts/, () => assertFits({ count: maxParts + 1, total: 0 }));
    await expectFailure('E_LIMIT', /4294967294 bytes/, () =>
      assertFits({ count: 1, total: maxArchiveSize + 1 }),
    );
    const total = sampleParts.reduce(
      (size, { name, data }) => withPart(size, name, data.length),
      emptyArchive,
    ).total;
    expect(total).to.equal(zipOf(sampleParts).length);
    const huge = { length: maxArchiveSize, byteLength: maxArchiveSize } as Uint8Array;
    const error = await failure(() => buffer(writeArchive(source([{ name: 'manifest.json', data: huge }]))));
    expect(error.code).to.equal('E_LIMIT');
  });

  describe('is read by', () => {
    let folder: string;
    let path: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vpa-'));
      path = join(folder, 'a.vpa');
      writeFileSync(path, await buffer(writeArchive(source(sampleParts))));
    });
    after(() => rmSync(folder, { recursive: true }));

    it('unzip', function () {
      needs(this, 'unzip', ['-v']);
      expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).to.contain('No errors detected');
      const list = execFileSync('unzip', ['-Z1', path], { encoding: 'utf8' });
      expect(list.trim().split(/\r?\n/)).to.deep.equal(sampleParts.map(({ name }) => name));
      expect(execFileSync('unzip', ['-p', path, 'frames/000000'], { encoding: 'utf8' })).to.equal(
        'first frame',
      );
    });

    it("Python's zipfile", function () {
      needs(this, 'python3', ['--version']);
      const script =
        'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(),*z.namelist(),sep="\\n")';
      const list = execFileSync('python3', ['-c', script, path], { encoding: 'utf8' });
      expect(list.trim().split(/\r?\n/)).to.deep.equal(['None', ...sampleParts.map(({ name }) => name)]);
    });
  });
});
