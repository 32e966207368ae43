/** The two trees of a corpus, and what differs between them. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from './corpora.ts';
import type { Fetched } from './fetch.ts';

export interface Pair {
  /** Paths with `/`, relative to the trees. */
  readonly from: string;
  readonly to: string;
}

export interface Trees extends Fetched {
  /** Files of both trees with other contents, and renamed ones. */
  readonly changed: readonly Pair[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  readonly summary: TreeSummary;
}

export interface TreeSummary {
  readonly files: readonly [v1: number, v2: number];
  readonly bytes: readonly [v1: number, v2: number];
  /** Bytes of the files of the new tree that are not in the old one under the same path. */
  readonly changedBytes: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
}

export function compareVersions({ v1, v2 }: Fetched, { renames = [] }: Corpus): Trees {
  const [before, after] = [listFiles(v1), listFiles(v2)];
  const unchanged: string[] = [];
  const changed: Pair[] = [];
  const new_ = new Set<string>();
  for (const [path, size] of after) {
    const was = before.get(path);
    if (was === undefined) new_.add(path);
    else if (was === size && sameFile(join(v1, path), join(v2, path))) unchanged.push(path);
    else changed.push({ from: path, to: path });
  }
  const gone = new Set([...before.keys()].filter((path) => !after.has(path)));
  for (const from of gone) {
    const to = renames.map(([old, now]) => from.replaceAll(old, now)).find((path) => new_.has(path));
    if (to === undefined) continue;
    changed.push({ from, to });
    gone.delete(from);
    new_.delete(to);
  }
  const [added, removed] = [[...new_], [...gone]];
  const sum = (sizes: Iterable<number>): number => [...sizes].reduce((total, size) => total + size, 0);
  const changedBytes = sum([...changed.map(({ to }) => to), ...added].map((path) => after.get(path) ?? 0));
  const summary = {
    files: [before.size, after.size] as const,
    bytes: [sum(before.values()), sum(after.values())] as const,
    changedBytes,
    changed: changed.length,
    added: added.length,
    removed: removed.length,
  };
  return { v1, v2, changed, added, removed, unchanged, summary };
}

/** Says the first difference between two trees of files, or null. Modes and times do not count. */
export function differenceOf(tree: string, wanted: string): string | null {
  const [is, should] = [listFiles(tree), listFiles(wanted)];
  for (const path of is.keys()) if (!should.has(path)) return `${path} should not be there`;
  for (const [path, size] of should) {
    const found = is.get(path);
    if (found === undefined) return `${path} is missing`;
    if (found !== size || !sameFile(join(tree, path), join(wanted, path))) return `${path} is another`;
  }
  return null;
}

/** Path → size, in the order of the paths. */
export function listFiles(root: string): ReadonlyMap<string, number> {
  const files: [string, number][] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) files.push([path, statSync(join(root, path)).size]);
      else throw new Error(`${join(root, path)}: neither file nor folder`);
    }
  };
  walk('');
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameFile(one: string, other: string): boolean {
  return readFileSync(one).equals(readFileSync(other));
}
