/** Our own command, at each of its levels. Patches are not signed, since no peer's are. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Tool } from './tool.ts';

export const allLevels = ['fast', 'default', 'max'] as const;
export type Level = (typeof allLevels)[number];

/** The tools of a built command; a command that knows no levels is one tool, called `default`. */
export function vpaTools(command: string, levels: readonly Level[]): Tool[] {
  const { stdout } = spawnSync(process.execPath, [command, 'create', '--help'], { encoding: 'utf8' });
  if (!stdout.includes('--level')) return levels.length === 0 ? [] : [vpaTool(command, 'default', [])];
  return levels.map((level) => vpaTool(command, level, ['--level', level]));
}

export const vpaId = (level: Level): string => `vpa-${level}`;

function vpaTool(command: string, level: Level, words: readonly string[]): Tool {
  const vpa = (...more: readonly string[]): [string, string[]] => [
    process.execPath,
    [command, ...more, '--quiet'],
  ];
  return {
    id: vpaId(level),
    title: `vpa, level ${level}`,
    programs: ['cp'],
    version: ownVersion(),
    create: async ({ trees, patch, run }) =>
      run(...vpa('create', trees.v1, trees.v2, '-o', join(patch, 'tree.vpa'), ...words)),
    apply: async ({ trees, patch, out, run }) =>
      run(...vpa('apply', join(patch, 'tree.vpa'), '--to', trees.v1, '--out', out, '--allow-unsigned')),
    applyInPlace: async ({ trees, patch, out, run, around }) => {
      await around('cp', ['-r', trees.v1, out]);
      await run(...vpa('apply', join(patch, 'tree.vpa'), '--to', out, '--allow-unsigned'));
    },
  };
}

function ownVersion(): string {
  const text = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
  const { version }: { version?: unknown } = JSON.parse(text) as { version?: unknown };
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const { stdout, status } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8', cwd });
  return `${String(version)}${status === 0 ? `+${stdout.trim()}` : ''}`;
}
