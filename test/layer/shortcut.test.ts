import { expect } from 'chai';
import fc from 'fast-check';
import { type Bytes, bytesOf } from '../../src/bytes.ts';
import { type Shortcut, parseShortcut, readShortcut } from '../../src/layer/shortcut.ts';
import { runs } from '../fixtures/patching.ts';

const u16 = (value: number): Buffer => Buffer.of(value & 0xff, value >>> 8);
function u32(...values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => data.writeUInt32LE(value, at * 4));
  return data;
}
const ansi = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');
const wide = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le');

/** MS-SHLLINK §2.1: everything of the header but the flags is of no interest here. */
function header(flags: number): Buffer {
  const data = Buffer.alloc(0x4c);
  data.writeUInt32LE(0x4c, 0);
  Buffer.from('0114020000000000c000000000000046', 'hex').copy(data, 4);
  data.writeUInt32LE(flags, 0x14);
  data.writeUInt32LE(1, 0x3c);
  return data;
}

/** §2.2: two items and the terminal one. */
const idList = Buffer.concat([u16(12), u16(6), Buffer.from('abcd'), u16(4), Buffer.from('ef'), u16(0)]);

/** §2.3 with a VolumeID (§2.3.1) of 0x11 bytes. */
function linkInfo(base: string, suffix: string, unicode?: { base: string; suffix: string }): Buffer {
  const size = unicode ? 0x24 : 0x1c;
  const volume = Buffer.concat([u32(0x11, 3, 0x1234, 0x10), Buffer.of(0)]);
  const texts = [ansi(base), ansi(suffix), ...(unicode ? [wide(unicode.base), wide(unicode.suffix)] : [])];
  const offsets = texts.map((_, at) =>
    texts.slice(0, at).reduce((sum, { length }) => sum + length, size + volume.length),
  );
  const [a = 0, b = 0, ...more] = offsets;
  const body = Buffer.concat([u32(size, 1, size, a, 0, b, ...more), volume, ...texts]);
  return Buffer.concat([u32(body.length + 4), body]);
}

/** §2.3.2: a share; with `unicode` in both forms. */
function netInfo(share: string, suffix: string, unicode?: string): Buffer {
  const start = unicode === undefined ? 0x14 : 0x1c;
  const name = ansi(share);
  const net = Buffer.concat([
    u32(2, start, 0, 0x20000, ...(unicode === undefined ? [] : [start + name.length, 0])),
    name,
    ...(unicode === undefined ? [] : [wide(unicode)]),
  ]);
  const sized = Buffer.concat([u32(net.length + 4), net]);
  const body = Buffer.concat([u32(0x1c, 2, 0, 0, 0x1c, 0x1c + sized.length), sized, ansi(suffix)]);
  return Buffer.concat([u32(body.length + 4), body]);
}

/** §2.4: a count of characters, and no NUL. */
const wideString = (text: string): Buffer => Buffer.concat([u16(text.length), Buffer.from(text, 'utf16le')]);
const ansiString = (text: string): Buffer => Buffer.concat([u16(text.length), Buffer.from(text, 'latin1')]);

/** §2.5.4. */
function environment(narrow: string, unicode: string): Buffer {
  const data = Buffer.alloc(0x314);
  data.writeUInt32LE(0x314, 0);
  data.writeUInt32LE(0xa000_0001, 4);
  data.write(narrow, 8, 'latin1');
  data.write(unicode, 8 + 260, 'utf16le');
  return data;
}
const otherBlock = Buffer.concat([u32(12, 0xa000_0005), Buffer.from('icon')]);
const end = u32(0);

const none: Shortcut = {
  target: null,
  arguments: null,
  workingFolder: null,
  icon: null,
  description: null,
  relativePath: null,
};
const full = Buffer.concat([
  header(0x1 | 0x2 | 0x7c | 0x80),
  idList,
  linkInfo('C:\\?', '', { base: 'C:\\Ж\\acme.exe', suffix: '' }),
  ...['What it is', '..\\acme.exe', 'C:\\Ж', '--fast "x y"', '%windir%\\a.ico'].map(wideString),
  otherBlock,
  environment('%acme%\\never.exe', '%acme%\\never.exe'),
  end,
]);
const link = (flags: number, ...parts: Buffer[]): Buffer => Buffer.concat([header(flags), ...parts, end]);

const everything: Shortcut = {
  target: 'C:\\Ж\\acme.exe',
  arguments: '--fast "x y"',
  workingFolder: 'C:\\Ж',
  icon: '%windir%\\a.ico',
  description: 'What it is',
  relativePath: '..\\acme.exe',
};

const good: Readonly<Record<string, [Buffer, Partial<Shortcut>]>> = {
  'of everything': [full, everything],
  'of a header alone': [header(0), {}],
  'with an item list alone': [link(0x1, idList), {}],
  'in the code page': [
    link(0x2 | 0x30, linkInfo('C:\\Caf\u00e9.exe', ''), ansiString('D:\\'), ansiString('\u0080')),
    { target: 'C:\\Café.exe', workingFolder: 'D:\\', arguments: '€' },
  ],
  'with a suffix': [link(0x2, linkInfo('C:\\acme\\', 'bin\\a.exe')), { target: 'C:\\acme\\bin\\a.exe' }],
  'with a suffix in Unicode': [
    link(0x2, linkInfo('C:\\x', 'y', { base: 'C:\\Ж', suffix: 'я.exe' })),
    { target: 'C:\\Ж\\я.exe' },
  ],
  'to a share': [link(0x2, netInfo('\\\\srv\\s', 'a.exe')), { target: '\\\\srv\\s\\a.exe' }],
  'to a share in Unicode': [link(0x2, netInfo('\\\\srv\\?', '', '\\\\srv\\Ж')), { target: '\\\\srv\\Ж' }],
  'with variables': [
    link(0x280, otherBlock, environment('%A%\\a.exe', '%Ж%\\a.exe')),
    { target: '%Ж%\\a.exe' },
  ],
  'with variables in the code page': [link(0x200, environment('%A%\\a.exe', '')), { target: '%A%\\a.exe' }],
  'whose LinkInfo does not count': [
    link(0x2 | 0x100 | 0x200, linkInfo('C:\\no.exe', ''), environment('', '%A%\\a.exe')),
    { target: '%A%\\a.exe' },
  ],
  'whose strings end in a NUL all the same': [link(0x20 | 0x80, wideString('-x\0')), { arguments: '-x' }],
  'without an end': [full.subarray(0, -4), everything],
  'with a block that leads outside': [
    link(0x8, ansiString('a.exe'), u32(0x314, 0xa000_0001)),
    { relativePath: 'a.exe' },
  ],
};

const info = linkInfo('C:\\a.exe', '');
const bad: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(),
  'a text': Buffer.from('[InternetShortcut]\r\nURL=https://example.com/\r\n'.repeat(4)),
  'another class': Buffer.from(full).fill(2, 4, 5),
  'another size of the header': Buffer.from(full).fill(0x4d, 0, 1),
  'a part of the header': header(0).subarray(0, -1),
  'no item list': header(0x1),
  'an item list that leads outside': Buffer.concat([header(0x1), u16(3), Buffer.from('ab')]),
  'no LinkInfo': header(0x2),
  'a LinkInfo that is too short': link(0x2, u32(0x1b), Buffer.alloc(0x40)),
  'a LinkInfo that leads outside': Buffer.concat([header(0x2), info.subarray(0, -1)]),
  'a LinkInfo of 4 GiB': Buffer.concat([header(0x2), u32(0xffff_ffff), info.subarray(4)]),
  'no string': header(0x4),
  'a string that leads outside': Buffer.concat([header(0x4), u16(4), Buffer.from('abc')]),
  'a string that leads outside in Unicode': Buffer.concat([header(0x84), u16(2), Buffer.from('abc')]),
};

describe('shortcut', () => {
  for (const [title, [data, expected]] of Object.entries(good)) {
    it(`reads one ${title}`, () => {
      expect(parseShortcut(data)).to.deep.equal({ ...none, ...expected });
    });
  }

  for (const [title, data] of Object.entries(bad)) {
    it(`gives null for ${title}`, () => expect(parseShortcut(data)).to.equal(null));
  }

  it('reads nothing of texts that lie outside of the LinkInfo, or do not end in it', () => {
    for (const offset of [0, info.length, 0xffff_ffff]) {
      const damaged = Buffer.from(info);
      damaged.writeUInt32LE(offset, 0x10);
      expect(parseShortcut(link(0x2, damaged, ansi('rest'))), String(offset)).to.deep.equal(none);
    }
    const endless = Buffer.from(info).fill(0x41, 0x1c + 0x11);
    expect(parseShortcut(link(0x2, endless))).to.deep.equal(none);
  });

  it('never reads more than 1 MiB', async () => {
    const asked: number[] = [];
    const whole = Buffer.concat([full, Buffer.alloc(2 << 20)]);
    const counted: Bytes = {
      size: whole.length,
      read: async (offset, length) => {
        asked.push(offset + length);
        return bytesOf(whole).read(offset, length);
      },
    };
    expect(await readShortcut(counted)).to.include({ target: 'C:\\Ж\\acme.exe' });
    expect(asked).to.deep.equal([1 << 20]);
    expect(await readShortcut(bytesOf(full))).to.deep.equal(parseShortcut(full));
  });

  it('gives null or a result for every length, and never an exception', () => {
    // The whole item list, LinkInfo and strings are needed; nothing behind these is.
    const needed = full.length - 4 - 0x314 - otherBlock.length;
    for (let length = 0; length < full.length; length++) {
      expect(parseShortcut(full.subarray(0, length)) === null, String(length)).to.equal(length < needed);
    }
  });

  it('gives null or a result for flipped bytes, and never an exception', () => {
    const samples = Object.values(good).map(([data]) => data);
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...samples), flips, (sample, changes) => {
        const data = Buffer.from(sample);
        // Most of the lengths stand in the first 200 bytes.
        for (const [at, value] of changes)
          data[at % Math.min(data.length, at % 2 ? 200 : data.length)] = value;
        const found = parseShortcut(data);
        if (found === null) return;
        expect(Object.keys(found).sort()).to.deep.equal(Object.keys(none).sort());
        for (const text of Object.values(found) as unknown[]) {
          if (text !== null) expect(text).to.be.a('string').that.is.not.empty.and.does.not.contain('\0');
        }
      }),
      runs(3000),
    );
  });
});
