/** The command line that the benchmarks share, and where their data lies. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** A new folder for trees and patches. */
  readonly folder: string;
  /** The built command. */
  readonly vpa: string;
  readonly date: string | undefined;
  /** A number that the benchmark defines itself, by its option's name. */
  readonly number: number;
  /** Removes the folder, unless it is to be kept. */
  readonly clean: () => void;
}

/** `--keep`, `--dir FOLDER`, `--vpa FILE`, `--date DAY`, and one option with a number. */
export function benchOptions(name: string, option: string, byDefault: number): BenchOptions {
  const { values } = parseArgs({
    options: {
      [option]: { type: 'string' },
      keep: { type: 'boolean' },
      dir: { type: 'string' },
      vpa: { type: 'string' },
      date: { type: 'string' },
    },
  });
  const text = (key: string): string | undefined => {
    const value = values[key];
    return typeof value === 'string' ? value : undefined;
  };
  const number = Number(text(option) ?? byDefault);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} must be a whole number above 0`);
  const vpa = text('vpa') ?? fileURLToPath(new URL('../dist/cli/vpa.js', import.meta.url));
  if (!existsSync(vpa)) throw new Error(`${vpa} is not there: run 'npm run build' first`);
  const parent = text('dir') ?? fileURLToPath(new URL('./out', import.meta.url));
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `${name}-`));
  const clean = (): void => {
    if (values['keep'] === true) console.log(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  };
  return { folder, vpa, date: text('date'), number, clean };
}
