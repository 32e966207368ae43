/** Two versions of one large file through create and apply: wall time, peak memory, size of the patch, and whether it is right. */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Measured, measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { type Goal, mebibytes, printGoals, printTable, record, seconds } from './report.ts';

export interface OneFile {
  /** What the benchmark is called in the records. */
  readonly name: string;
  /** What both versions are, for people. */
  readonly title: string;
  readonly makeBase: (file: string) => void;
  readonly makeTarget: (file: string) => void;
  /** The most resident memory in bytes. */
  readonly memory: { readonly create: number; readonly apply: number };
  /** The most that the patch may take of the file. */
  readonly share: number;
}

/** Makes the versions, runs all three and prints what came out; the data is removed at the end. */
export async function benchOneFile(
  { name, title, makeBase, makeTarget, memory, share }: OneFile,
  { folder, vpa, date, number: size, clean }: BenchOptions,
): Promise<void> {
  const at = (version: string): string => join(folder, version, 'data.bin');
  const made = (version: string, make: (file: string) => void): string => {
    mkdirSync(dirname(at(version)), { recursive: true });
    make(at(version));
    return join(folder, version);
  };
  const run = async (...words: string[]): Promise<Measured> =>
    measure(process.execPath, [vpa, ...words, '--quiet']);
  const patch = join(folder, `${name}.vpa`);
  try {
    const [base, target] = [made('base', makeBase), made('target', makeTarget)];
    const create = await run('create', base, target, '-o', patch);
    const copy = made('copy', makeBase);
    const inPlace = await run('apply', patch, '--to', copy, '--allow-unsigned');
    const out = join(folder, 'out');
    const toNew = await run('apply', patch, '--to', base, '--out', out, '--allow-unsigned');
    const expected = digestOfFile(at('target'));
    const right = ['copy', 'out'].every((one) => digestOfFile(at(one)) === expected);

    const bytes = statSync(patch).size;
    const taken = bytes / statSync(at('target')).size;
    const runs = { create, 'apply in place': inPlace, 'apply to a new folder': toNew };
    console.log(title);
    console.log(`patch: ${mebibytes(bytes)}, ${(taken * 100).toPrecision(2)} % of the file\n`);
    printTable([
      ['', 'wall time', 'CPU time', 'peak memory'],
      ...Object.entries(runs).map(([what, { ms, cpu, peak }]) => [
        what,
        seconds(ms),
        cpu === null ? 'unknown' : seconds(cpu),
        mebibytes(peak),
      ]),
    ]);
    console.log();
    const stays = (what: keyof typeof runs, most: number): Goal => ({
      text: `${what} stays under ${mebibytes(most)}${runs[what].peak === null ? ' (not measured here)' : ''}`,
      holds: (runs[what].peak ?? 0) <= most,
    });
    printGoals([
      { text: 'every byte is as in the target', holds: right },
      { text: `the patch is under ${share * 100} % of the file`, holds: taken < share },
      stays('create', memory.create),
      stays('apply in place', memory.apply),
      stays('apply to a new folder', memory.apply),
    ]);
    record(name, date, { size, patch: bytes, share: taken, right, runs });
  } finally {
    clean();
  }
}

function digestOfFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1 << 20);
  for (let got = readSync(file, buffer); got > 0; got = readSync(file, buffer))
    hash.update(buffer.subarray(0, got));
  closeSync(file);
  return hash.digest('hex');
}
