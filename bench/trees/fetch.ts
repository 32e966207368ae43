/** Fetches corpora with npm into a cache: `ID/v1` and `ID/v2` are the contents of the two packages. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Corpus } from './corpora.ts';

export interface Fetched {
  readonly v1: string;
  readonly v2: string;
}

/** Fetches what is not in the cache yet. Throws where npm has no such version or a package is not what npm says. */
export function fetchCorpus(corpus: Corpus, cache: string): Fetched {
  const folder = resolve(cache, corpus.id);
  mkdirSync(folder, { recursive: true });
  const [v1, v2] = [join(folder, 'v1'), join(folder, 'v2')];
  fetchVersion(`${corpus.package}@${corpus.versions[0]}`, v1);
  fetchVersion(`${corpus.package}@${corpus.versions[1]}`, v2);
  return { v1, v2 };
}

/** Beside the tree stands which package it is, written last: a tree that was cut short has none. */
function fetchVersion(spec: string, tree: string): void {
  const label = `${tree}.txt`;
  if (existsSync(label) && readFileSync(label, 'utf8').startsWith(`${spec}\n`) && existsSync(tree)) return;
  console.log(`fetching ${spec}`);
  const part = `${tree}.part`;
  for (const old of [label, tree, part]) rmSync(old, { recursive: true, force: true });
  mkdirSync(part);
  npm('pack', spec, '--ignore-scripts', '--pack-destination', part);
  const archive = join(part, readdirSync(part).find((name) => name.endsWith('.tgz')) ?? 'no archive');
  const integrity = npm('view', spec, 'dist.integrity').trim();
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${spec}: npm says ${integrity}, but it is ${found}`);
  const contents = join(part, 'contents');
  mkdirSync(contents);
  // The folder in the archive is mostly, but not always, called `package`.
  run('tar', ['-xzf', archive, '-C', contents, '--strip-components=1']);
  renameSync(contents, tree);
  rmSync(part, { recursive: true });
  writeFileSync(label, `${spec}\n${integrity}\n`);
}

/** The npm that runs us, if one does; else the one on the path. */
function npm(...words: string[]): string {
  const own = process.env['npm_execpath'];
  return own?.endsWith('.js') === true ? run(process.execPath, [own, ...words]) : run('npm', words);
}

function run(program: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}\n${stderr}`);
  return stdout;
}
