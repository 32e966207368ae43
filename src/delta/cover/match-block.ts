/** Finds the covers of a block in a window of the reference. */
import { profile, type Profile } from './block-format.ts';
import { kernels, releaseLarge } from './kernels.ts';
import type { Level } from './levels.ts';
import { type Records, recordList, recordSize, recordsOf } from './records.ts';

/** A run of the reference that a window has. */
export interface Range {
  /** In the reference. */
  readonly start: number;
  /** In the window. */
  readonly at: number;
  readonly size: number;
}

export interface Window {
  /** Windows with one key have the same bytes; an empty key is none. */
  readonly key: string;
  readonly bytes: Uint8Array;
  /** In order of `at`, without gaps there. */
  readonly ranges: readonly Range[];
  /** Size of the whole reference in bytes. */
  readonly reference: number;
}

/** Records of covers, in order of places. `literal` is what a literal is taken to cost, in eighths of bits. */
export function matchBlock(
  target: Uint8Array,
  window: Window,
  kind: Profile,
  level: Level,
  literal: number,
): Uint8Array {
  if (target.length === 0) return new Uint8Array();
  const found =
    kind === profile.text ? exact(target, window, level, literal) : approximate(target, window, level);
  const records = inReference(found, window);
  // The index of a large text takes much memory, and no other block is likely to want it.
  if (kind === profile.text && releaseLarge('match')) indexed = null;
  return records;
}

/** The window whose seeds the kernels of this thread have; only ever spares work. */
let indexed: {
  readonly key: string;
  readonly old: number;
  readonly heads: number;
  readonly links: number;
  readonly mark: number;
} | null = null;

function approximate(target: Uint8Array, window: Window, level: Level): Records {
  const { call, reset, allocate, put, view, mark } = kernels('match');
  const size = window.bytes.length;
  const step = level.seedStep;
  const bits = headBits(size / step, level);
  const key = `${window.key} approximate ${size} ${step} ${level.modelled}`;
  if (window.key !== '' && indexed?.key === key) reset(indexed.mark);
  else {
    indexed = null;
    reset();
    const old = put(window.bytes);
    if (level.modelled) call.blankOperands(old, size, size);
    const heads = allocate(4 << bits);
    call.indexSeeds(old, size, heads, bits, step);
    indexed = { key, old, heads, links: 0, mark: mark() };
  }
  const { old, heads } = indexed;
  const now = put(target);
  if (level.modelled) call.blankOperands(now, target.length, size);
  // Each cover but the first and last has a seed of 16 bytes.
  const records = allocate((Math.floor(target.length / 16) + 2) * recordSize);
  const count = call.matchApproximate(old, size, now, target.length, heads, bits, records);
  return recordsOf(view(records, count * recordSize));
}

function exact(target: Uint8Array, window: Window, level: Level, literal: number): Records {
  const { call, reset, allocate, view, mark } = kernels('match');
  const size = window.bytes.length;
  const total = size + target.length;
  const bits = headBits(total, level);
  const key = `${window.key} exact ${size} ${total}`;
  if (window.key !== '' && indexed?.key === key) {
    const { old, heads, links } = indexed;
    reset(indexed.mark);
    call.forget(old, size, total, heads, links, bits); // the target that was there before
  } else {
    indexed = null;
    reset();
    const old = allocate(total);
    view(old, size).set(window.bytes);
    const heads = allocate(4 << bits);
    const links = allocate(4 * total);
    call.chainSeeds(old, size, heads, links, bits);
    indexed = { key, old, heads, links, mark: mark() };
  }
  const { old, heads, links } = indexed;
  view(old + size, target.length).set(target);
  // Each cover has four bytes at least.
  const records = allocate((Math.floor(target.length / 4) + 2) * recordSize);
  const count = call.matchExact(old, size, total, heads, links, bits, level.depth, literal, records);
  return recordsOf(view(records, count * recordSize));
}

function headBits(seeds: number, { heads }: Level): number {
  return Math.min(heads, Math.max(12, Math.ceil(Math.log2(seeds + 1)) + 1));
}

/** From places in the window to places in the reference: a cover over the border of two runs is cut there. */
function inReference(found: Records, { bytes, ranges, reference }: Window): Uint8Array {
  const list = recordList(found.count);
  let range = 0;
  for (let i = 0; i < found.count; i++) {
    let [source, place, length] = [found.source(i), found.place(i), found.length(i)];
    if (source >= bytes.length) {
      list.add(reference + source - bytes.length, place, length);
      continue;
    }
    while (length > 0) {
      while (source < (ranges[range]?.at ?? 0)) range--;
      while (source >= endOf(ranges[range])) range++;
      const { start, at, size } = ranges[range] ?? { start: 0, at: 0, size: length };
      const part = Math.min(length, at + size - source);
      list.add(start + source - at, place, part);
      source += part;
      place += part;
      length -= part;
    }
  }
  return list.bytes();
}

function endOf(range: Range | undefined): number {
  return range ? range.at + range.size : Infinity;
}
