/**
 * Random byte flips and truncations of every .reg and every Wine file of the test data: an error with a code or a correct
 * read, which means that what was read is written and read as the same again. `VPA_FUZZ_RUNS` says how often for each
 * form, `VPA_FUZZ_SEED` begins elsewhere. (Hives: regf-read/fuzz.test.ts.)
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isPatchError } from '../../../src/errors.ts';
import { formatReg } from '../../../src/registry/text/format-reg.ts';
import { openRegistry, writeRegistry } from '../../../src/registry/forms/forms.ts';
import { hiveRoots, type Registry } from '../../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../../src/registry/key.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { formatWine } from '../../../src/registry/wine/format-wine.ts';
import { fromWine } from '../../../src/registry/wine/from-wine.ts';
import { parseWine } from '../../../src/registry/wine/parse-wine.ts';
import { toWine } from '../../../src/registry/wine/to-wine.ts';
import { dataFile, files, needsWineFiles, states, testData, wineFile } from '../wine/test-files.ts';

const inCi = process.env['CI'] !== undefined && process.env['CI'] !== '';
const runs = Number(process.env['VPA_FUZZ_RUNS'] ?? (inCi ? 10_000 : 1000));
const seed = Number(process.env['VPA_FUZZ_SEED'] ?? 20_260_102);
/** What one run may take at most in milliseconds, and the process may grow by in all of them. */
const longest = 5000;
const growth = 768 * 2 ** 20;
/** A large file is damaged as a whole only now and then; else its head and a piece of this size somewhere in it. */
const pieceSize = 6000;
const wholeEvery = 200;

type Random = (below: number) => number;

/** Mulberry32: small, and the same everywhere. */
function randomOf(start: number): Random {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The file up to its first key, and whole lines from somewhere on; in its own encoding. */
function pieceOf(file: Buffer, random: Random): Buffer {
  if (file.length <= 2 * pieceSize || random(wholeEvery) === 0) return file;
  const wide = file[1] === 0xfe || file[1] === 0;
  const begin = (from: number): number => {
    const mark = Buffer.from('\n[', wide ? 'utf16le' : 'latin1');
    const found = file.indexOf(mark, from);
    return found < 0 ? file.length : found + mark.length / 2;
  };
  const start = begin(random(file.length - pieceSize));
  return Buffer.concat([file.subarray(0, begin(0)), file.subarray(start, start + pieceSize)]);
}

function damaged(good: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(random(4) === 0 ? good.subarray(0, random(good.length + 1)) : good);
  if (bytes.length === 0) return bytes;
  // Few more often than many, of which hardly a file is left that can be read.
  for (let flips = random(1 + random(9)); flips > 0; flips--) {
    const at = random(bytes.length);
    const now = bytes[at] ?? 0;
    // A bit, any byte, or one that the text has a meaning for.
    bytes[at] =
      [now ^ (1 << random(8)), random(256), '\\"[]=:,-\n\r;#@x0\0'.charCodeAt(random(17))][random(3)] ?? 0;
  }
  return bytes;
}

/** Whether it was read; an error that has one of the codes is as good. */
function isRead(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (isPatchError(error) && ['E_FORMAT', 'E_LIMIT', 'E_NAME', 'E_USAGE'].includes(error.code))
      return false;
    throw error;
  }
}

function expectSame(actual: Registry, expected: Registry): void {
  for (const root of hiveRoots) {
    expect(equalKeys(actual.get(root) ?? emptyKey(), expected.get(root) ?? emptyKey()), root).to.equal(true);
  }
}

/** What refuses here may refuse; what was read must be written and read again. */
function readReg(bytes: Buffer): boolean {
  let registry: Registry = new Map();
  if (!isRead(() => (registry = parseReg(bytes)))) return false;
  expectSame(parseReg(formatReg(registry)), registry);
  return true;
}

function readReg4(bytes: Buffer): boolean {
  let registry: Registry = new Map();
  if (!isRead(() => ({ registry } = openRegistry(bytes)))) return false;
  let text: Uint8Array = Buffer.of();
  // Letters that the code page does not have, delete entries of kinds that REGEDIT4 does not have.
  if (isRead(() => (text = writeRegistry(registry, 'reg4'))))
    expectSame(openRegistry(text).registry, registry);
  return true;
}

function readWine(bytes: Buffer): boolean {
  let key = emptyKey();
  let text: Uint8Array = Buffer.of();
  const read = isRead(() => {
    const wine = parseWine(bytes);
    key = fromWine(wine);
    text = formatWine(toWine(key, { previous: wine }));
  });
  if (read) expect(equalKeys(fromWine(parseWine(text)), key)).to.equal(true);
  return read;
}

function regFiles(): Buffer[] {
  const folder = join(testData, 'wine/reg');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.reg'))
    .flatMap((name) => dataFile(`wine/reg/${name}`) ?? []);
}

function fuzz(what: string, load: () => readonly Buffer[], read: (bytes: Buffer) => boolean): void {
  it(`${what}: an error with a code or a correct read`, () => {
    const good = load();
    const before = process.memoryUsage.rss();
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const random = randomOf(seed + run);
      // In turn, so that every file has its share.
      const bytes = damaged(pieceOf(good[(seed + run) % good.length] ?? Buffer.of(), random), random);
      const started = performance.now();
      try {
        if (read(bytes)) count++;
      } catch (error) {
        throw new Error(`VPA_FUZZ_SEED=${seed + run} VPA_FUZZ_RUNS=1`, { cause: error });
      }
      expect(performance.now() - started, `milliseconds of run ${seed + run}`).to.be.below(longest);
    }
    expect(process.memoryUsage.rss() - before).to.be.below(growth);
    process.stdout.write(`\n      ${count} of ${runs} damaged were read; ${good.length} files\n`);
    if (runs >= 100) expect(count).to.be.within(1, runs - 1);
  });
}

describe(`registry text, ${runs} damaged of each form`, function () {
  this.timeout(0);
  before(function () {
    needsWineFiles(this);
  });

  fuzz('.reg version 5', regFiles, readReg);
  fuzz('REGEDIT4', () => regFiles().map(asReg4), readReg4);
  fuzz('Wine', () => states.flatMap((state) => files.map((name) => wineFile(state, name))), readWine);
});

/** The same text as REGEDIT4, each letter that is not in Latin-1 as a question mark. */
function asReg4(file: Buffer): Buffer {
  const text = file[0] === 0xff ? file.toString('utf16le', 2) : file.toString('utf8');
  const body = text.replace(/^\ufeff?Windows Registry Editor Version 5\.00/, 'REGEDIT4');
  return Buffer.from(body.replaceAll(/[^\0-\xff]/g, '?'), 'latin1');
}
