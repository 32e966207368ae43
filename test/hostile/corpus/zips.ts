/** Zip files in which one reader sees another thing than the next one (FORMAT §2). */
import { deflateRawSync } from 'node:zlib';
import { noise } from '../../fixtures/random-layer.ts';
import { type Piece, add, build, sorted } from '../archive.ts';
import { type RawPart, double, word } from '../zip.ts';
import type { Hostile } from './hostile.ts';

/** Changes the part whose name begins so. */
const part = (start: string, change: (part: RawPart, at: number) => RawPart) => (parts: readonly RawPart[]) =>
  parts.map((one, at) => (one.name.startsWith(start) ? change(one, at) : one));

/** With a content that is too large to stand behind the index, so that there is a frame. */
const pieces = (honest: readonly Piece[]): readonly Piece[] =>
  sorted([...honest, add('AppRoot/more/wide.bin', noise(70_000, 7))]);

const zip = (
  name: string,
  says: RegExp,
  parts: (parts: readonly RawPart[]) => readonly RawPart[],
): Hostile => ({
  name: `a zip with ${name}`,
  code: 'E_FORMAT',
  says,
  twist: { pieces, parts },
});

const file = (name: string, says: RegExp, change: (archive: Buffer) => Buffer): Hostile => ({
  name: `a zip ${name}`,
  code: 'E_FORMAT',
  says,
  twist: { pieces, zip: change },
});

const local = (bend: (header: Buffer) => Buffer) => part('index', (one) => ({ ...one, local: bend }));
const central = (bend: (header: Buffer) => Buffer) => part('index', (one) => ({ ...one, central: bend }));
const both = (bend: (at: 'local' | 'central') => (header: Buffer) => Buffer) =>
  part('index', (one) => ({ ...one, local: bend('local'), central: bend('central') }));

/** A change of the end record, whose start is given. */
const end =
  (change: (archive: Buffer, at: number) => void) =>
  (archive: Buffer): Buffer => {
    const copy = Buffer.from(archive);
    change(copy, copy.length - 22);
    return copy;
  };

export const zips: readonly Hostile[] = [
  zip('two manifests', /repeated or out of order/, ([first, ...rest]) => [first!, first!, ...rest]),
  zip('an index twice', /repeated or out of order/, (parts) =>
    parts.flatMap((one) => (one.name === 'index' ? [one, one] : [one])),
  ),
  zip('a frame twice', /repeated or out of order/, (parts) => [...parts, parts.at(-1)!]),
  zip('no index', /missing, repeated/, (parts) => parts.filter((one) => one.name !== 'index')),
  zip('no manifest', /not a patch archive/, (parts) => parts.slice(1)),
  zip('a frame too few', /other frames than the 1/, (parts) => parts.slice(0, -1)),
  zip('a frame too many', /other frames than the 1/, (parts) => [
    ...parts,
    { name: 'frames/000001', data: Buffer.from('evil') },
  ]),
  zip('frames that do not begin with the first', /missing, repeated/, (parts) => [
    ...parts.slice(0, -1),
    { name: 'frames/000001', data: Buffer.from('evil') },
  ]),
  zip('a foreign part', /foreign part/, (parts) => [
    ...parts,
    { name: 'setup.exe', data: Buffer.from('MZ') },
  ]),
  zip('a part that leads out', /foreign part/, (parts) => [
    ...parts,
    { name: '../../outside/evil', data: Buffer.from('x') },
  ]),
  zip(
    'the manifest in upper case',
    /not a patch archive/,
    part('manifest', (one) => ({ ...one, name: 'MANIFEST.JSON' })),
  ),
  zip('a frame before the index', /out of order/, (parts) => [
    ...parts.slice(0, -2),
    parts.at(-1)!,
    parts.at(-2)!,
  ]),
  zip('a part over another', /offset/, (parts) =>
    parts.map((one, at) => (at === parts.length - 1 ? { ...one, standsAt: 0 } : one)),
  ),
  zip(
    'a gap between parts',
    /offset|local header/,
    part('index', (one) => ({ ...one, behind: Buffer.from('hidden') })),
  ),
  zip(
    'a gap before its directory',
    /between the last part and the directory|another/,
    part('frames/', (one) => ({ ...one, behind: Buffer.from('hidden') })),
  ),
  zip(
    'a data descriptor',
    /flags/,
    part('index', (one) => ({
      ...one,
      local: word(6, 8),
      central: word(8, 8),
      behind: Buffer.alloc(16, 'PK\x07\x08'),
    })),
  ),
  zip(
    'an encrypted part',
    /encrypted/,
    both((at) => word(at === 'local' ? 6 : 8, 1)),
  ),
  zip('a part that is encrypted in one header only', /flags/, local(word(6, 1))),
  zip(
    'a UTF-8 flag',
    /flags/,
    both((at) => word(at === 'local' ? 6 : 8, 0x800)),
  ),
  zip(
    'a deflated part',
    /compressed by zip/,
    part('index', (one) => ({
      ...one,
      local: word(8, 8),
      central: word(10, 8),
      data: deflateRawSync(one.data),
    })),
  ),
  zip('a part that is compressed in one header only', /method/, local(word(8, 8))),
  zip(
    'a method that nobody knows',
    /compressed by zip/,
    both((at) => word(at === 'local' ? 8 : 10, 99)),
  ),
  zip('another size in one header', /stored size/, local(double(18, 5))),
  zip('another size in the other', /size/, local(double(22, 5))),
  zip(
    'a size that reaches into the next part',
    /offset|stored size/,
    part('index', (one) => ({
      ...one,
      central: (header) => double(20, one.data.length + 50)(double(24, one.data.length + 50)(header)),
    })),
  ),
  zip(
    'a size of almost 4 GiB',
    /offset|stored size|behind/,
    central((header) => double(20, 0xfffffffe)(double(24, 0xfffffffe)(header))),
  ),
  zip(
    'the size of zip64',
    /offset|stored size|behind/,
    both(
      (at) => (header) =>
        double(at === 'local' ? 18 : 20, 0xffffffff)(double(at === 'local' ? 22 : 24, 0xffffffff)(header)),
    ),
  ),
  zip('another CRC-32 in one header', /CRC-32/, local(double(14, 1))),
  zip(
    'another name in one header',
    /another name/,
    local((header) => Buffer.concat([header.subarray(0, 30), Buffer.from('xndex')])),
  ),
  zip(
    'an extra field',
    /offset|extra length/,
    local((header) => Buffer.concat([word(28, 4)(header), Buffer.from([1, 0, 0, 0])])),
  ),
  zip(
    'a zip64 field',
    /extra length/,
    central((header) =>
      Buffer.concat([word(30, 12)(header), Buffer.from('010008000100000000000000', 'hex')]),
    ),
  ),
  zip(
    'a comment on a part',
    /comment length/,
    central((header) => Buffer.concat([word(32, 4)(header), Buffer.from('evil')])),
  ),
  zip('a link as a part', /external attributes/, central(double(38, 0xa1ff0000))),
  zip('a part on another disk', /disk/, central(word(34, 1))),
  zip('another time', /time and date/, local(double(10, 0x5a215a21))),
  zip(
    'a newer version needed',
    /version needed/,
    both((at) => word(at === 'local' ? 4 : 6, 45)),
  ),
  file('with a comment', /cut off, or something stands behind/, (archive) => {
    const copy = Buffer.concat([archive, Buffer.from('evil')]);
    copy.writeUInt16LE(4, archive.length - 2);
    return copy;
  }),
  file('behind another program', /not a patch archive/, (archive) =>
    Buffer.concat([Buffer.from('MZ this program'), archive]),
  ),
  file('with something behind its end', /something stands behind/, (archive) =>
    Buffer.concat([archive, Buffer.from('x')]),
  ),
  file('behind another whole one', /./, (archive) => Buffer.concat([archive, archive])),
  file('that is cut off', /cut off/, (archive) => archive.subarray(0, -10)),
  file('that is nothing', /not a patch archive/, () => Buffer.alloc(0)),
  file('with an end record alone', /not a patch archive/, (archive) => archive.subarray(-22)),
  file(
    'with fewer parts than its directory has',
    /too large|longer than its parts/,
    end((archive, at) => {
      archive.writeUInt16LE(archive.readUInt16LE(at + 10) - 1, at + 8);
      archive.writeUInt16LE(archive.readUInt16LE(at + 10) - 1, at + 10);
    }),
  ),
  file(
    'with more parts than its directory has',
    /cut off/,
    end((archive, at) => {
      archive.writeUInt16LE(archive.readUInt16LE(at + 10) + 1, at + 8);
      archive.writeUInt16LE(archive.readUInt16LE(at + 10) + 1, at + 10);
    }),
  ),
  file(
    'with 65,535 parts',
    /zip64/,
    end((archive, at) => {
      archive.writeUInt16LE(0xffff, at + 8);
      archive.writeUInt16LE(0xffff, at + 10);
    }),
  ),
  file(
    'whose directory is elsewhere',
    /directory/,
    end((archive, at) => void archive.writeUInt32LE(archive.readUInt32LE(at + 16) - 1, at + 16)),
  ),
  file(
    'whose directory is said to be 4 GiB',
    /directory/,
    end((archive, at) => void archive.writeUInt32LE(0xfffffff0, at + 12)),
  ),
  {
    name: 'a part with another content than its CRC-32 says',
    code: 'E_DIGEST',
    says: /does not have its CRC-32/,
    build: () =>
      build({ parts: part('index', (one) => ({ ...one, stored: Buffer.alloc(one.data.length, ' ') })) }),
  },
];
