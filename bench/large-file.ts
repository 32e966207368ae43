/**
 * One large file with scattered edits and an insertion at its front: how much memory and time do create and apply
 * take, and how small is the patch? See bench/README.md.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Measured, measure } from './measure.ts';
import { benchOptions } from './options.ts';
import { randomBytes } from './random.ts';
import { mebibytes, printGoals, printTable, record, seconds } from './report.ts';

const memoryGoal = 600 << 20;
const patchGoal = 0.02;
const edits = 2000;
const inserted = 37;
const chunk = 1 << 20;

const { folder, vpa, date, number: size, clean } = benchOptions('large-file', 'size', 1024);
const [base, target] = [join(folder, 'base'), join(folder, 'target')];
const patch = join(folder, 'large.vpa');

try {
  makeVersions();
  const run = async (...words: string[]): Promise<Measured> =>
    measure(process.execPath, [vpa, ...words, '--quiet']);
  const create = await run('create', base, target, '-o', patch);
  const copy = join(folder, 'copy');
  await cp(base, copy, { recursive: true });
  const inPlace = await run('apply', patch, '--to', copy, '--allow-unsigned');
  const out = join(folder, 'out');
  const toNew = await run('apply', patch, '--to', base, '--out', out, '--allow-unsigned');
  const expected = digestOfFile(dataOf(target));
  const right = [copy, out].every((one) => digestOfFile(dataOf(one)) === expected);

  const bytes = statSync(patch).size;
  const share = bytes / statSync(dataOf(target)).size;
  const runs = { create, 'apply in place': inPlace, 'apply to a new folder': toNew };
  console.log(`${size} MiB, ${edits} edits, ${inserted} bytes inserted at the front`);
  console.log(`patch: ${mebibytes(bytes)}, ${(share * 100).toPrecision(2)} % of the file\n`);
  printTable([
    ['', 'wall time', 'peak memory'],
    ...Object.entries(runs).map(([name, { ms, peak }]) => [name, seconds(ms), mebibytes(peak)]),
  ]);
  console.log();
  printGoals([
    { text: 'every byte is as in the target', holds: right },
    { text: `the patch is under ${patchGoal * 100} % of the file`, holds: share < patchGoal },
    ...Object.entries(runs).map(([name, { peak }]) => ({
      text: `${name} stays under ${mebibytes(memoryGoal)}${peak === null ? ' (not measured here)' : ''}`,
      holds: (peak ?? 0) < memoryGoal,
    })),
  ]);
  record('large-file', date, { size, patch: bytes, share, right, runs });
} finally {
  clean();
}

function dataOf(version: string): string {
  return join(version, 'data.bin');
}

/** Both versions at once, piece by piece. */
function makeVersions(): void {
  const next = randomBytes('large-file');
  const nextEdit = randomBytes('large-file edits');
  const files = [base, target].map((version) => {
    mkdirSync(dirname(dataOf(version)), { recursive: true });
    return openSync(dataOf(version), 'wx');
  }) as [number, number];
  writeAll(files[1], nextEdit(inserted));
  let made = 0;
  for (let at = 0; at < size; at++) {
    const piece = next(chunk);
    writeAll(files[0], piece);
    for (const wanted = Math.round(((at + 1) * edits) / size); made < wanted; made++) {
      // Somewhere in the piece, one to eight bytes that are others than before.
      const place = nextEdit(4).readUInt32LE() % (chunk - 8);
      const length = 1 + ((nextEdit(1)[0] ?? 0) & 7);
      for (let i = place; i < place + length; i++) piece[i] = ~(piece[i] ?? 0);
    }
    writeAll(files[1], piece);
  }
  files.forEach(closeSync);
}

function writeAll(file: number, data: Buffer): void {
  for (let done = 0; done < data.length;) done += writeSync(file, data, done);
}

function digestOfFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(chunk);
  for (let got = readSync(file, buffer); got > 0; got = readSync(file, buffer))
    hash.update(buffer.subarray(0, got));
  closeSync(file);
  return hash.digest('hex');
}
