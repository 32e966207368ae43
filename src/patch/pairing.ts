/** Finds new files whose content the base has already: they move, or are copied, and cost no payload. */
import type { Digest } from '../bytes.ts';
import type { Entry, Meta } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import type { Reference } from './change.ts';

export interface Pairing {
  /** New name → the base entry that vanishes and comes back under that name. */
  readonly moves: ReadonlyMap<EntryName, Entry>;
  /** Names that are given up by a move, and so need no removal. */
  readonly given: ReadonlySet<EntryName>;
  /** The base file with that content, if any. */
  copyOf(digest: Digest): Reference | null;
}

/**
 * Pairs by exact content. Both lists are in byte order of names, and so is every choice, so that equal inputs give equal
 * pairs. Among several vanished files with one content, one of the same basename goes first.
 */
export function pairFiles(base: readonly Entry[], target: readonly Entry[]): Pairing {
  const inBase = new Set(base.map((one) => one.name));
  const inTarget = new Set(target.map((one) => one.name));
  const vanished = new Map<Digest, Entry[]>();
  const contents = new Map<Digest, Reference>();
  for (const entry of base) {
    const { meta, name } = entry;
    if (!hasContent(meta)) continue;
    if (!contents.has(meta.digest)) contents.set(meta.digest, { name, size: meta.size, digest: meta.digest });
    if (inTarget.has(name)) continue;
    const same = vanished.get(meta.digest);
    if (same) same.push(entry);
    else vanished.set(meta.digest, [entry]);
  }
  const moves = new Map<EntryName, Entry>();
  const given = new Set<EntryName>();
  for (const { name, meta } of target) {
    const candidates = hasContent(meta) && !inBase.has(name) ? vanished.get(meta.digest) : undefined;
    if (!candidates || candidates.length === 0) continue;
    const alike = candidates.findIndex((one) => basename(one.name) === basename(name));
    const [chosen] = candidates.splice(Math.max(0, alike), 1);
    if (!chosen) continue;
    moves.set(name, chosen);
    given.add(chosen.name);
  }
  return { moves, given, copyOf: (digest) => contents.get(digest) ?? null };
}

/** An empty file is made, not moved: that is as cheap, and does not tie it to another file. */
function hasContent(meta: Meta): meta is Meta & { type: 'file' } {
  return meta.type === 'file' && meta.size > 0;
}

function basename(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
