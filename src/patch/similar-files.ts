/** Finds the files of the base that a new file is like: by content, through samples of it, and by name. */
import { type Bytes, chunksOf } from '../bytes.ts';
import { throwIfCancelled } from '../errors.ts';
import { gear } from '../delta/xdelta3/sample.ts';
import type { Entry } from '../layer/layer.ts';

/** How many bytes decide a sample. */
const reach = 32;
/** Of files up to this size, one place in 32 is a sample, of larger ones one in 512. */
const small = 256 << 10;
const dense = 5;
const sparse = 9;
/** How many files with one sample are remembered, and how many a file may be like. */
const mostEqual = 6;
const mostAlike = 6;

export interface SimilarFiles {
  /** The most alike first; total order. `name` is the new file's. */
  find(name: string, contents: Bytes): Promise<readonly Entry[]>;
}

/** Reads every file of the base once. Memory is about 60 bytes for each sample. */
export async function findSimilarFiles(base: readonly Entry[], signal: AbortSignal): Promise<SimilarFiles> {
  const files = base.filter(({ meta }) => meta.type === 'file' && meta.size >= reach);
  const byHash = new Map<number, number[]>();
  const byName = new Map<string, number[]>();
  for (const [index, { name, bytes }] of files.entries()) {
    throwIfCancelled(signal);
    put(byName, plainName(name), index, 64);
    if (bytes) for (const hash of await samplesOf(bytes, signal)) put(byHash, hash, index, mostEqual);
  }
  return {
    async find(name, contents) {
      const votes = new Map<number, number>();
      const vote = (index: number, weight: number): void =>
        void votes.set(index, (votes.get(index) ?? 0) + weight);
      const samples = await samplesOf(contents, signal);
      for (const hash of samples) {
        const found = byHash.get(hash) ?? [];
        for (const index of found) vote(index, 1 / found.length);
      }
      const worth = Math.max(2, samples.size / 50);
      const alike = byName.get(plainName(name)) ?? [];
      const nearest = alike.toSorted(
        (a, b) => sharedFolders(files[b]?.name, name) - sharedFolders(files[a]?.name, name) || a - b,
      );
      for (const index of nearest.slice(0, 3)) vote(index, worth);
      return [...votes]
        .filter(([, weight]) => weight >= worth)
        .sort(([a, x], [b, y]) => y - x || a - b)
        .slice(0, mostAlike)
        .flatMap(([index]) => files[index] ?? []);
    },
  };
}

function put<Key>(map: Map<Key, number[]>, key: Key, index: number, most: number): void {
  const list = map.get(key);
  if (!list) map.set(key, [index]);
  else if (list.length < most && list.at(-1) !== index) list.push(index);
}

/** The basename without what changes from version to version: numbers, and hashes as bundlers put them into names. */
function plainName(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return base
    .replaceAll(/[-_.][0-9a-f]{6,}(?=[-_.]|$)/g, '')
    .replaceAll(/\d+/g, '0')
    .replace(/\.[mc](?=[jt]sx?$)/, '.');
}

function sharedFolders(a: string | undefined, b: string): number {
  const [x, y] = [a?.split('/') ?? [], b.split('/')];
  return x.filter((folder) => y.includes(folder)).length;
}

/** Hashes of the 32 bytes before places that these bytes choose, so that equal content has equal samples wherever it stands. */
async function samplesOf(bytes: Bytes, signal: AbortSignal): Promise<Set<number>> {
  const bits = bytes.size <= small ? dense : sparse;
  const chosen = -1 << (32 - bits);
  const samples = new Set<number>();
  let hash = 0;
  for await (const piece of chunksOf(bytes)) {
    throwIfCancelled(signal);
    // Every byte of the base passes here: counting is five times as fast as iterating.
    for (let i = 0; i < piece.length; i++) {
      hash = ((hash << 1) + (gear[piece[i] ?? 0] ?? 0)) | 0;
      if ((hash & chosen) === 0) samples.add(hash);
    }
  }
  return samples;
}
