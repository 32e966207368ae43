/**
 * Random byte flips and truncations of every good hive and of the logs of every dirty one: an error with a code or a
 * correct read, and never another exception, a hang, or memory beyond the limit.
 */
import { expect } from 'chai';
import { bytesOf } from '../../../src/bytes.ts';
import { isPatchError } from '../../../src/errors.ts';
import { openHive, type OpenHiveOptions } from '../../../src/registry/regf-read/open-hive.ts';
import type { RegfKey } from '../../../src/registry/regf-read/hive-key.ts';
import { registryLimits } from '../../../src/registry/limits.ts';
import { withChecksum } from './build-hive.ts';
import { sampleHive } from './sample-hive.ts';
import { type TestHive, testHives } from './test-hives.ts';

const runs = Number(process.env['VPA_FUZZ_RUNS'] ?? 10_000);
const seed = Number(process.env['VPA_FUZZ_SEED'] ?? 20_260_101);
const limits = { ...registryLimits, size: 64 * 2 ** 20 };
/** What one run may take at most, and the process may grow by in all runs. */
const longest = 5_000;
const growth = 768 * 2 ** 20;

/** Mulberry32: small, and the same everywhere. */
function randomOf(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Without what follows the last hive bin, so that every flip hits something that is read. */
function trimmed(hive: Buffer): Buffer {
  return hive.subarray(0, 4096 + hive.readUInt32LE(40));
}

function damaged(good: Buffer, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(random(10) === 0 ? good.subarray(0, random(good.length)) : good);
  // What a hive says about itself is at its beginning, where flips would be rare.
  const start = random(4) === 0 ? 0 : Math.min(4096, bytes.length);
  for (let flips = 1 + random(8); flips > 0 && bytes.length > start; flips--) {
    const at = start + random(start === 0 ? Math.min(200, bytes.length) : bytes.length - start);
    bytes[at] = random(3) === 0 ? [0, 0xff, 0x7f, 0x80][random(4)]! : random(256);
  }
  // Most bytes of a small hive are free; numbers of records are better targets.
  if (bytes.length > 4200 && random(2) === 0) {
    const at = 4096 + 32 + 4 * random((bytes.length - 4128) >>> 2);
    bytes.writeUInt32LE(
      [0, 0xffffffff, 0x20, 8 * random(bytes.length >>> 3), random(2 ** 16)][random(5)]!,
      at,
    );
  }
  return bytes.length >= 512 && random(2) === 0 ? withChecksum(bytes) : bytes;
}

/** Walks keys and values by random access, but not more than a hive that has loops can have. */
async function walk(key: RegfKey, budget: { left: number }): Promise<void> {
  for await (const value of key.values()) if (value.data.length < 0 || budget.left-- < 0) return;
  for await (const child of key.subkeys()) {
    if (budget.left-- < 0) return;
    await walk(child, budget);
  }
}

/** Whether it went well; false for a proper refusal. */
async function proper(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (isPatchError(error) && ['E_FORMAT', 'E_LIMIT'].includes(error.code)) return false;
    throw error;
  }
}

/** Whether the whole hive was read. */
async function survives(bytes: Buffer, options: OpenHiveOptions): Promise<boolean> {
  let read = false;
  await proper(async () => {
    const hive = await openHive(bytesOf(bytes), { ...options, limits });
    read = await proper(() => hive.toKey());
    await proper(() => walk(hive.root, { left: 300 }));
  });
  return read;
}

describe(`regf hives, ${runs} damaged ones`, function () {
  this.timeout(0);
  let small: Buffer[] = [];
  let large: Buffer[] = [];
  let all: readonly TestHive[] = [];

  before(() => {
    all = testHives() ?? [];
    const hives = all
      .filter(({ name, bytes }) => bytes.length > 8000 && !/\.LOG\d?$|libregf/.test(name))
      .filter(
        ({ bytes }) =>
          bytes.toString('latin1', 0, 4) === 'regf' && bytes.length >= 4096 + bytes.readUInt32LE(40),
      )
      .map(({ bytes }) => trimmed(bytes));
    small = [sampleHive().build(), ...hives.filter((hive) => hive.length <= 64 * 1024)];
    large = hives.filter((hive) => hive.length > 64 * 1024);
  });

  async function fuzz(
    count: number,
    run: (random: (below: number) => number) => Promise<boolean>,
  ): Promise<number> {
    const before = process.memoryUsage.rss();
    let read = 0;
    for (let index = 0; index < count; index++) {
      const started = performance.now();
      try {
        if (await run(randomOf(seed + index))) read++;
      } catch (error) {
        throw new Error(`VPA_FUZZ_SEED=${seed + index} VPA_FUZZ_RUNS=1`, { cause: error });
      }
      expect(performance.now() - started, `milliseconds of run ${seed + index}`).to.be.below(longest);
    }
    expect(process.memoryUsage.rss() - before).to.be.below(growth);
    return read;
  }

  it('hives: an error with a code or a read', async () => {
    const read = await fuzz(runs, async (random) => {
      const from = large.length > 0 && random(50) === 0 ? large : small;
      const bytes = damaged(from[random(from.length)]!, random);
      return survives(bytes, { lenient: random(2) === 0 });
    });
    process.stdout.write(`\n      ${read} of ${runs} damaged hives were read\n`);
  });

  it('logs: an error with a code or a read', async function () {
    const logs = all.filter(({ name, bytes }) => /\.LOG\d$/.test(name) && bytes.length > 0);
    if (logs.length === 0) return void this.skip();
    const hives = all.filter(({ name }) => logs.some((log) => log.name.startsWith(`${name}.`)));
    await fuzz(Math.ceil(runs / 50), async (random) => {
      const hive = hives[random(hives.length)]!;
      const own = logs.filter(({ name }) => name.startsWith(`${hive.name}.`));
      const damagedLogs = own.map(({ bytes }) => bytesOf(damaged(bytes, random)));
      return survives(hive.bytes, { lenient: random(2) === 0, logs: damagedLogs });
    });
  });
});
