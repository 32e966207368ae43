/** How a target is cut up into blocks, and where these are looked for. */
import { type Bytes, readInto } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import type { CodecContext } from '../codec.ts';
import { type Profile, profile } from './block-format.ts';
import type { BlockJob } from './find-covers.ts';
import type { LevelName } from './levels.ts';
import { binaryBlock, binaryWindow, textBlock, textWindow } from './limits.ts';
import { isText } from './profile.ts';
import { type WindowSource, windowsOf } from './window.ts';

/** What sizes of blocks are multiples of, in bytes. */
const blockUnit = 4096;

/** How much tells whether something is text: of its beginning, middle and end each. */
const sampled = 64 << 10;

async function looksLikeText(target: Bytes): Promise<boolean> {
  const length = Math.min(sampled, target.size);
  for (const start of [0, Math.floor((target.size - length) / 2), target.size - length]) {
    if (!isText(await target.read(start, length))) return false;
  }
  return true;
}

/** A target in blocks of one size, and where they are looked for. */
export interface CutUp {
  readonly target: Bytes;
  /** Bytes of a block, and how many blocks there are. */
  readonly most: number;
  readonly blocks: number;
  readonly kind: Profile;
  readonly level: LevelName;
  readonly windows: WindowSource;
}

export async function cutUp(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  { signal }: CodecContext,
): Promise<CutUp> {
  const isOfText = await looksLikeText(target);
  // Blocks of about one size: the last one is not left to a single thread for long. Models of tables look at where in a block words begin.
  const about = Math.ceil(target.size / (isOfText ? textBlock : binaryBlock));
  const most = Math.ceil(target.size / Math.max(about, 1) / blockUnit) * blockUnit;
  const blocks = Math.ceil(target.size / Math.max(most, 1));
  const kind = isOfText ? profile.text : profile.binary;
  const windows = windowsOf(reference, isOfText ? textWindow : binaryWindow, signal);
  return { target, most, blocks, kind, level, windows };
}

/** How many blocks are worked on at a time: large ones, which are of text, take too much memory for several. */
export function atOnce({ most }: { readonly most: number }, { executor }: CodecContext): number {
  return most > binaryBlock ? 1 : executor.concurrency;
}

/** Reads a block, does something with it, and tells that this is done. */
export async function onBlock<Result>(
  { target, most, kind, level, windows }: CutUp,
  number: number,
  { signal, onEncoded }: CodecContext,
  work: (job: BlockJob) => Promise<Result>,
): Promise<Result> {
  throwIfCancelled(signal);
  const offset = number * most;
  // In shared memory, so that there is one copy of it.
  const block = new Uint8Array(new SharedArrayBuffer(Math.min(most, target.size - offset)));
  await readInto(target, offset, block);
  const window = await windows.windowFor(block, offset);
  const result = await work({ target: block, window, profile: kind, level });
  onEncoded?.(block.length);
  return result;
}
