/** Dirty hives and their logs, laid by hand: which logs count, and what they may not do. */
import { expect } from 'chai';
import { bytesOf } from '../../../src/bytes.ts';
import { isPatchError, type PatchError } from '../../../src/errors.ts';
import { marvin32 } from '../../../src/registry/regf-read/marvin32.ts';
import { openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { withChecksum } from './build-hive.ts';
import { sampleHive } from './sample-hive.ts';

const inlineType = 12;

/** A dirty hive with sequence numbers 8 and 7, and where the type of its value `dword` is. */
function dirtyHive(): { readonly hive: Buffer; readonly at: number } {
  const sample = sampleHive();
  const hive = sample.build();
  hive.writeUInt32LE(8, 4);
  hive.writeBigUInt64LE(77n, 12);
  return { hive: withChecksum(hive), at: 4096 + sample.at.inline + 4 + inlineType };
}

function baseOf(hive: Buffer, fileType: number, sequence: number): Buffer {
  const base = Buffer.from(hive.subarray(0, 512));
  base.writeUInt32LE(sequence, 4);
  base.writeUInt32LE(sequence, 8);
  base.writeUInt32LE(fileType, 28);
  return withChecksum(base);
}

/** The 512-byte page around `at` as it is when the number there is `type`. */
function pageOf(hive: Buffer, at: number, type: number): { readonly offset: number; readonly data: Buffer } {
  const start = Math.floor(at / 512) * 512;
  const changed = Buffer.from(hive);
  changed.writeUInt32LE(type, at);
  return { offset: start - 4096, data: changed.subarray(start, start + 512) };
}

function newLog(hive: Buffer, at: number, sequence: number, types: readonly number[]): Buffer {
  const entries = types.map((type, index) => {
    const page = pageOf(hive, at, type);
    const entry = Buffer.alloc(1024);
    entry.write('HvLE', 0, 'latin1');
    entry.writeUInt32LE(entry.length, 4);
    entry.writeUInt32LE(sequence + index, 12);
    entry.writeUInt32LE(hive.readUInt32LE(40), 16);
    entry.writeUInt32LE(1, 20);
    entry.writeUInt32LE(page.offset, 40);
    entry.writeUInt32LE(512, 44);
    entry.set(page.data.subarray(0, 512), 48);
    for (const [field, from, length] of [
      [24, 40, entry.length - 40],
      [32, 0, 32],
    ] as const) {
      const { low, high } = marvin32(entry, from, length);
      entry.writeUInt32LE(low, field);
      entry.writeUInt32LE(high, field + 4);
    }
    return entry;
  });
  return Buffer.concat([baseOf(hive, 6, sequence), ...entries]);
}

function oldLog(hive: Buffer, at: number, type: number): Buffer {
  const page = pageOf(hive, at, type);
  const vector = Buffer.alloc(512);
  vector.write('DIRT', 0, 'latin1');
  const bit = page.offset / 512;
  vector.writeUInt8(1 << (bit & 7), 4 + (bit >>> 3));
  return Buffer.concat([baseOf(hive, 1, 8), vector, page.data]);
}

async function typeAfter(hive: Buffer, ...logs: readonly Buffer[]): Promise<unknown> {
  const opened = await openHive(bytesOf(hive), { logs: logs.map((log) => bytesOf(log)) });
  expect((await (await opened.key('B'))?.value('dword'))?.type).to.equal(
    (await opened.toKey()).keys.get('B')!.values.get('DWORD')!.type,
  );
  return (await opened.toKey()).keys.get('B')!.values.get('DWORD')!.type;
}

async function refusal(hive: Buffer, ...logs: readonly Buffer[]): Promise<PatchError> {
  try {
    await openHive(bytesOf(hive), { logs: logs.map((log) => bytesOf(log)) });
  } catch (error) {
    if (isPatchError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('regf hives, recovery', () => {
  const { hive, at } = dirtyHive();

  it('applies a log of the old format', async () => {
    expect(await typeAfter(hive, oldLog(hive, at, 55))).to.equal(55);
    expect(await typeAfter(hive, Buffer.alloc(0), oldLog(hive, at, 55))).to.equal(55);
  });

  it('applies entries of two logs of the new format in their sequence, whichever comes first', async () => {
    const [first, second] = [newLog(hive, at, 8, [21, 22]), newLog(hive, at, 10, [23])];
    expect(await typeAfter(hive, first, second)).to.equal(23);
    expect(await typeAfter(hive, second, first)).to.equal(23);
    expect(await typeAfter(hive, first)).to.equal(22);
  });

  it('stops where an entry does not follow or has a wrong hash', async () => {
    expect(await typeAfter(hive, newLog(hive, at, 8, [21]), newLog(hive, at, 11, [24]))).to.equal(21);
    const log = newLog(hive, at, 8, [21, 22]);
    log[log.length - 1] = 1;
    expect(await typeAfter(hive, log)).to.equal(21);
  });

  it('does not look at logs that are older than the hive, nor at any where the hive is clean', async () => {
    expect(await typeAfter(hive, newLog(hive, at, 3, [19]), newLog(hive, at, 8, [21]))).to.equal(21);
    expect((await refusal(hive, newLog(hive, at, 3, [19]))).message).to.match(/log 1 is older than the hive/);
    expect(await typeAfter(sampleHive().build(), newLog(hive, at, 8, [21]))).to.equal(0x400004);
  });

  it('takes the base block of the newest log where that of the hive is broken', async () => {
    const broken = Buffer.from(hive);
    broken.fill(0xee, 0, 512);
    expect(await typeAfter(broken, newLog(hive, at, 8, [21]), newLog(hive, at, 10, [23]))).to.equal(23);
  });

  it('says what is wrong with each log', async () => {
    const other = Buffer.from(hive);
    other.writeBigUInt64LE(78n, 12);
    const unwritten = oldLog(hive, at, 1);
    unwritten.writeUInt32LE(9, 4);
    const noVector = oldLog(hive, at, 1);
    noVector.write('INVL', 512, 'latin1');
    const error = await refusal(
      hive,
      Buffer.alloc(0),
      Buffer.alloc(100),
      Buffer.alloc(1024),
      oldLog(other, at, 1).fill(1, 300, 301),
      withChecksum(unwritten),
      oldLog(withChecksum(other), at, 1),
      noVector,
      oldLog(hive, at, 1).subarray(0, 1100),
      oldLog(hive, at, 1).subarray(0, 516),
    );
    expect(error.code).to.equal('E_FORMAT');
    expect(error.details).to.deep.equal([
      'log 1 is empty',
      'log 2 is too short',
      "log 3 does not begin with 'regf'",
      'log 4 has a wrong checksum',
      'log 5 was not written to its end',
      'log 6 is of another time than the hive',
      'log 7 has no dirty vector',
      'log 8 is truncated: dirty page 0 is missing',
      'log 9 is too short for its dirty vector',
    ]);
  });

  it('has the hash of Windows', () => {
    // Hash-2 of the first entry in a log that Windows 10 wrote (NewDirtyHive.LOG1 of the collected hives).
    const head = Buffer.from('48764c45005e000000000000020000000050000001000000' + '31e40718666c8667', 'hex');
    const { low, high } = marvin32(head, 0, 32);
    const hash = Buffer.alloc(8);
    hash.writeUInt32LE(low, 0);
    hash.writeUInt32LE(high, 4);
    expect(hash.toString('hex')).to.equal('027f65a7cff344cd');
  });
});
