/** Rules of RFC 3284 that no encoder at hand exercises, byte by byte. */
import { expect } from 'chai';
import { bytesOf } from '../../src/bytes.ts';
import { xdelta3 } from '../../src/delta/xdelta3.ts';
import { adler32 } from '../../src/delta/vcdiff/adler32.ts';
import { Cursor } from '../../src/delta/vcdiff/cursor.ts';
import { varint } from '../../src/delta/vcdiff/varint.ts';
import { collect, context, decodeHostile } from '../contract/delta-codec.ts';

const codec = xdelta3();
const head = [0xd6, 0xc3, 0xc4, 0x00, 0x00];

interface Parts {
  /** Win_Indicator, and the segment. */
  readonly head: readonly number[];
  readonly length: number;
  readonly data?: string;
  readonly instructions: readonly number[];
  readonly addresses?: readonly number[];
  readonly compressed?: number;
}

function window({
  head: start,
  length,
  data = '',
  instructions,
  addresses = [],
  compressed = 0,
}: Parts): number[] {
  const body = [
    ...varint(length),
    compressed,
    ...varint(data.length),
    ...varint(instructions.length),
    ...varint(addresses.length),
    ...Buffer.from(data),
    ...instructions,
    ...addresses,
  ];
  return [...start, ...varint(body.length), ...body];
}

async function decode(reference: string, delta: readonly number[], size: number): Promise<string> {
  const bytes = Uint8Array.from([...head, ...delta]);
  return (
    await collect(codec.decode(bytesOf(Buffer.from(reference)), bytesOf(bytes), size, context()))
  ).toString();
}

const refused = async (
  reference: string,
  delta: readonly number[],
  size: number,
  from = head,
): Promise<boolean> =>
  (await decodeHostile(codec, Buffer.from(reference), Uint8Array.from([...from, ...delta]), size)) === null;

const addHello = window({ head: [0], length: 5, data: 'hello', instructions: [6] });

describe('VCDIFF', () => {
  it('§2: integers are big-endian in base 128, the example of the RFC', () => {
    expect([...varint(123456789)]).to.deep.equal([0xba, 0xef, 0x9a, 0x15]);
    for (const value of [0, 127, 128, 16383, 16384, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(new Cursor(varint(value)).varint()).to.equal(value);
    }
  });

  it('§2: integers beyond 2^53 are refused', () => {
    const bytes = Uint8Array.of(0x90, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00);
    expect(() => new Cursor(bytes).varint()).to.throw('a number is too large');
    expect(() =>
      new Cursor(Uint8Array.from([...Array.from({ length: 60 }, () => 0xff), 0])).varint(),
    ).to.throw();
  });

  it('§3: the example of the RFC', async () => {
    // COPY 4, 0; ADD 4, wxyz; COPY 4, 4; COPY 12, 24; RUN 4, z
    const delta = window({
      head: [1, 16, 0],
      length: 28,
      data: 'wxyzz',
      instructions: [20, 5, 20, 28, 0, 4],
      addresses: [0, 4, 24],
    });
    expect(await decode('abcdefghijklmnop', delta, 28)).to.equal('abcdwxyzefghefghefghefghzzzz');
  });

  it('§4.2: VCD_TARGET windows read earlier output', async () => {
    const again = window({ head: [2, 4, 1], length: 8, instructions: [19, 4, 19, 4], addresses: [0, 0] });
    expect(
      await decode(
        '',
        [
          ...addHello,
          ...again,
          ...window({ head: [2, 2, 6], length: 2, instructions: [19, 2], addresses: [0] }),
        ],
        15,
      ),
    ).to.equal('helloelloelloll');
    expect(
      await refused(
        '',
        [...addHello, ...window({ head: [2, 5, 1], length: 4, instructions: [20], addresses: [0] })],
        9,
      ),
    ).to.equal(true);
  });

  it('§4.2: VCD_TARGET windows that need too much are refused', async () => {
    const size = 80 << 20;
    const runs = [...Array(5).keys()].flatMap(() =>
      window({ head: [0], length: size / 5, data: 'x', instructions: [0, ...varint(size / 5)] }),
    );
    const far = window({ head: [2, ...varint(size), 0], length: 4, instructions: [20], addresses: [0] });
    const error: unknown = await collect(
      codec.decode(
        bytesOf(new Uint8Array(0)),
        bytesOf(Uint8Array.from([...head, ...runs, ...far])),
        size + 4,
        context(),
      ),
    ).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'E_LIMIT' });
  });

  it('§5.3: a copy may reach from the segment into the target', async () => {
    const delta = window({ head: [1, 4, 2], length: 9, data: 'x', instructions: [2, 24], addresses: [1] });
    expect(await decode('__abcd', delta, 9)).to.equal('xbcdxbcdx');
  });

  it('§5.4: a copy may read what it writes', async () => {
    for (const size of [1, 15, 16, 17, 100, 5000]) {
      const delta = window({
        head: [0],
        length: 3 + size,
        data: 'abc',
        instructions: [4, 19, ...varint(size)],
        addresses: [0],
      });
      expect(await decode('', delta, 3 + size)).to.equal('abc'.repeat(size + 1).slice(0, 3 + size));
    }
  });

  it('refuses windows that are too large, before anything is made', async () => {
    const size = (16 << 20) + 1;
    const delta = window({ head: [0], length: size, data: 'x', instructions: [0, ...varint(size)] });
    const error: unknown = await decode('', delta, size).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'E_LIMIT' });
  });

  it('refuses what the lengths do not allow', async () => {
    const cases: Record<string, readonly number[]> = {
      'data that nobody uses': window({ head: [0], length: 4, data: 'hello', instructions: [5] }),
      'an address that nobody uses': window({
        head: [0],
        length: 5,
        data: 'hello',
        instructions: [6],
        addresses: [0],
      }),
      'too little data': window({ head: [0], length: 5, data: 'hell', instructions: [6] }),
      'too few instructions': window({ head: [0], length: 5, data: 'hello', instructions: [5, 2, 2] }),
      'a copy of itself': window({ head: [0], length: 5, data: 'h', instructions: [2, 20], addresses: [1] }),
      'a copy from before the beginning': window({
        head: [0],
        length: 5,
        data: 'h',
        instructions: [2, 36],
        addresses: [2],
      }),
      'a compressed section without a compressor': window({
        head: [0],
        length: 5,
        data: 'hello',
        instructions: [6],
        compressed: 1,
      }),
      'an unknown Delta_Indicator': window({
        head: [0],
        length: 5,
        data: 'hello',
        instructions: [6],
        compressed: 8,
      }),
      'two sources': window({ head: [3, 0, 0], length: 5, data: 'hello', instructions: [6] }),
      'a source that is too short': window({ head: [1, 2, 4], length: 5, data: 'hello', instructions: [6] }),
      'a wrong checksum': [4, 13 + 2, 5, 0, 5, 1, 0, 1, 2, 3, 4, ...Buffer.from('hello'), 6],
      'bytes after the last window': [...addHello, 0],
      'a window after the last byte': [...addHello, ...addHello],
    };
    for (const [title, delta] of Object.entries(cases)) {
      expect(await refused('abcde', delta, 5), title).to.equal(true);
    }
    expect(await refused('', addHello, 5)).to.equal(false);
  });

  it('refuses other versions, unknown indicators and custom code tables', async () => {
    for (const from of [
      [0xd6, 0xc3, 0xc4, 0x53, 0x00],
      [0xd6, 0xc3, 0xc4, 0, 8],
      [0xd6, 0xc3, 0xc4, 0, 2],
      [0xd6, 0xc3, 0xc4, 0, 1, 99],
    ]) {
      expect(await refused('', addHello, 5, from)).to.equal(true);
    }
  });

  it('skips an application header of any length', async () => {
    for (const length of [0, 3, 127, 1000]) {
      const from = [0xd6, 0xc3, 0xc4, 0, 4, ...varint(length), ...Array.from({ length }, () => 0xff)];
      expect(await refused('', addHello, 5, from)).to.equal(false);
      expect(await refused('', [], 0, from.slice(0, -1))).to.equal(true);
    }
  });

  it('reads each part of a source once, however the copies jump', async () => {
    const segment = 40 << 20;
    const count = 50_000;
    let total = 0;
    const reference = {
      size: segment,
      read: async (_: number, length: number) => {
        total += length;
        return new Uint8Array(length);
      },
    };
    const addresses = Array.from({ length: count }, (_, i) => [
      ...varint((i * 7919 * 613) % (segment - 4)),
    ]).flat();
    const delta = window({
      head: [1, ...varint(segment), 0],
      length: 4 * count,
      instructions: Array.from({ length: count }, () => 20),
      addresses,
    });
    const bytes = bytesOf(Uint8Array.from([...head, ...delta]));
    expect((await collect(codec.decode(reference, bytes, 4 * count, context()))).length).to.equal(4 * count);
    expect(total).to.be.at.most(segment + 1000 * 8);
  });

  it('Adler-32: the values of zlib', () => {
    expect(adler32(Buffer.from('Wikipedia'))).to.equal(0x11e60398);
    expect(adler32(new Uint8Array(100_000).fill(255))).to.equal(0x149a302c);
    expect(adler32(new Uint8Array(0))).to.equal(1);
  });
});
