import { buffer } from 'node:stream/consumers';
import { ZipArchive, type ZipEntryData, type ZipOptions } from 'archiver';
import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOf, type Bytes } from '../../src/bytes.ts';
import { isPatchError } from '../../src/errors.ts';
import { openArchive, readPart } from '../../src/patch/archive-reader.ts';
import { writeArchive } from '../../src/patch/archive-writer.ts';
import { inlineFrames } from '../../src/patch/frames.ts';
import { defaultLimits } from '../../src/patch/limits.ts';
import { framePart, indexPart, manifestPart } from '../../src/patch/part-names.ts';
import { expectFailure, sampleParts, zipOf } from './samples.ts';

const open = (data: Uint8Array) => openArchive(bytesOf(data));

async function readWhole(data: Uint8Array): Promise<{ name: string; data: Uint8Array }[]> {
  const { parts } = await open(data);
  return Promise.all(parts.map(async (part) => ({ name: part.name, data: await readPart(part, 1000) })));
}

const sample = zipOf(sampleParts);
const date = new Date(Date.UTC(1980, 0, 1));
const [manifest, signature, , index, frame] = sampleParts as [Source, Source, Source, Source, Source];

interface Source {
  readonly name: string;
  readonly data: Buffer;
}

/** A zip by archiver with other options than ours. */
async function foreignZip(
  parts: readonly Source[],
  data: Omit<ZipEntryData, 'name'> = {},
  options: ZipOptions = {},
) {
  const archive = new ZipArchive({ store: true, ...options });
  for (const part of parts) archive.append(part.data, { name: part.name, date, mode: 0o644, ...data });
  void archive.finalize();
  return buffer(archive);
}

/** The sample with other bytes at a place. */
function patched(at: number, bytes: readonly number[]): Buffer {
  const data = Buffer.from(sample);
  data.set(bytes, at);
  return data;
}

describe('archive reader (FORMAT §2)', () => {
  it('gives back what was written', async () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), frames, async (head, contents) => {
        const parts = [
          { name: manifestPart, data: head },
          { name: indexPart, data: new Uint8Array() },
          ...contents.map((data, at) => ({ name: framePart(at), data })),
        ];
        const written = await buffer(
          writeArchive(
            (async function* () {
              yield* parts;
            })(),
          ),
        );
        const read = await readWhole(written);
        expect(read.map(({ name, data }) => [name, [...data]])).to.deep.equal(
          parts.map(({ name, data }) => [name, [...data]]),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('sees every changed byte', async () => {
    for (let at = 0; at < sample.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const data = patched(at, [sample[at]! ^ mask]);
        let code = 'nothing';
        await readWhole(data).catch((error: unknown) => {
          code = isPatchError(error) ? error.code : String(error);
        });
        expect(code, `byte ${at}`).to.be.oneOf(['E_FORMAT', 'E_DIGEST']);
      }
    }
  });

  it('sees every missing or additional byte', async () => {
    for (let size = 0; size < sample.length; size++) {
      await expectFailure('E_FORMAT', /cut off|not a patch archive/, () => open(sample.subarray(0, size)));
    }
    await expectFailure('E_FORMAT', /behind its end/, () => open(Buffer.concat([sample, Buffer.alloc(1)])));
    await expectFailure('E_FORMAT', /not a patch archive/, () =>
      open(Buffer.concat([Buffer.alloc(1), sample])),
    );
    for (let at = 1; at < sample.length; at++) {
      const longer = Buffer.concat([sample.subarray(0, at), Buffer.alloc(1), sample.subarray(at)]);
      await expectFailure('E_FORMAT', /./, () => open(longer));
    }
  });

  it('sees missing, repeated and exchanged parts', async () => {
    for (let at = 0; at < sampleParts.length; at++) {
      const without = sampleParts.filter((_, other) => other !== at);
      // Without a signature or the last frame it is another whole archive; the manifest knows better.
      if ([0, 3, 4].includes(at)) await expectFailure('E_FORMAT', /./, () => open(zipOf(without)));
      const twice = [...sampleParts.slice(0, at + 1), ...sampleParts.slice(at)];
      await expectFailure('E_FORMAT', /out of order/, () => open(zipOf(twice)));
      if (at === 0) continue;
      const exchanged = [...sampleParts];
      [exchanged[at - 1], exchanged[at]] = [sampleParts[at]!, sampleParts[at - 1]!];
      await expectFailure('E_FORMAT', /./, () => open(zipOf(exchanged)));
    }
  });

  it('calls other files what they are', async () => {
    await expectFailure('E_FORMAT', /^the file is not a patch archive$/, () => open(Buffer.from('hello')));
    await expectFailure('E_FORMAT', /^the file is not a patch archive$/, () => open(Buffer.alloc(0)));
    await expectFailure('E_FORMAT', /^the file is not a patch archive$/, () => open(Buffer.alloc(5000)));
    const other = await foreignZip([{ name: 'word/document.xml', data: Buffer.from('x') }]);
    await expectFailure('E_FORMAT', /a zip archive, but not a patch archive/, () => open(other));
    await expectFailure('E_FORMAT', /a zip archive, but not a patch archive/, async () =>
      open(await foreignZip([])),
    );
  });

  describe('refuses what other zip writers make of the same parts:', () => {
    const parts = [manifest, signature, index, frame];
    it('none of it, when they are told everything', async () => {
      expect((await foreignZip(parts)).equals(zipOf(parts))).to.equal(true);
    });
    for (const [name, message, make] of [
      ['another order', /not a patch archive/, () => foreignZip([index, manifest])],
      ['another order inside', /out of order/, () => foreignZip([manifest, frame, index])],
      ['deflated parts', /compressed by zip/, () => foreignZip(parts, { store: false }, { store: false })],
      ['a comment', /cut off, or something/, () => foreignZip(parts, {}, { comment: 'hello' })],
      ['comments of parts', /comment length/, () => foreignZip(parts, { comment: 'hello' })],
      ['another date', /time and date/, () => foreignZip(parts, { date: new Date(Date.UTC(2020, 0, 1)) })],
      ['another mode', /external attributes/, () => foreignZip(parts, { mode: 0o755 })],
      ['zip64', /zip64|version|cut off/, () => foreignZip(parts, {}, { forceZip64: true })],
      [
        'a foreign part',
        /foreign/,
        () => foreignZip([manifest, { name: 'setup.exe', data: Buffer.alloc(1) }, index]),
      ],
    ] as const) {
      it(name, () => expectFailure('E_FORMAT', message, async () => open(await make())));
    }
  });

  const directory = sample.readUInt32LE(sample.length - 6);
  for (const [name, message, data] of [
    ['an encrypted part', /"manifest.json" is encrypted/, patched(directory + 8, [1])],
    ['a flag in the local header', /local header: another flags/, patched(6, [1])],
    ['another size in the local header', /local header: another size/, patched(22, [1])],
    ['an extra field in the local header', /local header: another extra length/, patched(28, [4])],
    ['a part that reaches into the next', /stored size/, patched(directory + 24, [9])],
    ['sizes that reach into the next part', /another offset/, patched(directory + 20, [9, 0, 0, 0, 9])],
    ['a count that is too large', /end record/, patched(sample.length - 14, [7])],
    ['several disks', /end record/, patched(sample.length - 18, [1])],
    ['a directory of 4 GiB', /zip64/, patched(sample.length - 10, [255, 255, 255, 255])],
    ['a directory of almost 4 GiB', /directory/, patched(sample.length - 10, [254, 255, 255, 255])],
    ['a directory elsewhere', /directory/, patched(sample.length - 6, [0, 0, 0, 0])],
    [
      'a signature of another size',
      /63 bytes instead of 64/,
      zipOf([manifest, { ...signature, data: Buffer.alloc(63) }, index]),
    ],
  ] as const) {
    it(`refuses ${name}`, () => expectFailure('E_FORMAT', message, () => open(data)));
  }

  it('reads nothing large before it knows that it is there', async () => {
    // Claims 65,534 parts and a directory as large as the file, which is 3 GB of nothing.
    const size = 3_000_000_000;
    const end = Buffer.from(sample.subarray(-22));
    end.writeUInt16LE(65_534, 8);
    end.writeUInt16LE(65_534, 10);
    end.writeUInt32LE(size - 22 - 100, 12);
    end.writeUInt32LE(100, 16);
    let largest = 0;
    const hostile: Bytes = {
      size,
      read: async (offset, length) => {
        largest = Math.max(largest, length);
        if (offset === size - 22) return end;
        return sample.subarray(offset, offset + length);
      },
    };
    await expectFailure('E_FORMAT', /directory is too large/, () => openArchive(hostile));
    expect(largest).to.be.below(1000);
  });

  it('keeps to its limits', async () => {
    const limited = (limits: object) => () => openArchive(bytesOf(sample), { ...defaultLimits, ...limits });
    await expectFailure('E_LIMIT', /manifest.json is too large/, limited({ manifest: 6 }));
    // With frames behind it, which may be as many bytes again as are ever there.
    const withIndex = (size: number): Buffer =>
      zipOf(sampleParts.map((one) => (one.name === indexPart ? { ...one, data: Buffer.alloc(size) } : one)));
    const opened = (size: number) => () =>
      openArchive(bytesOf(withIndex(size)), { ...defaultLimits, indexStored: 1 });
    await opened(inlineFrames + 1)();
    await expectFailure('E_LIMIT', /index is too large/, opened(inlineFrames + 2));
    const part = (await open(sample)).parts[4]!;
    await expectFailure('E_LIMIT', /frames\/000000 is too large/, () => readPart(part, 10));
  });

  it('says which part is damaged', () =>
    expectFailure('E_DIGEST', /^frames\/000000 is damaged/, () =>
      readWhole(patched(sample.indexOf('first'), [0])),
    ));
});
