/** What a level spends. They change which covers and coders are chosen, never what a reader has to know. */
import { PatchError } from '../../errors.ts';

export type LevelName = 'fast' | 'default' | 'max';

export interface Level {
  readonly name: LevelName;
  /** Every so many bytes of a binary reference there is a seed. */
  readonly seedStep: number;
  /** log2 of the heads of seeds at most, each of 4 bytes; a window of 128 MiB has more seeds. */
  readonly heads: number;
  /** How many places of a seed are tried in text. */
  readonly depth: number;
  /** Whether streams are modelled; otherwise they are compressed by brotli. */
  readonly modelled: boolean;
  /** brotli's quality for streams up to a MiB, and for larger ones. */
  readonly quality: readonly [number, number];
  /** log2 of the lines of models at most, for text and binary data: memory, and time to look at it. */
  readonly lines: readonly [number, number];
  /** Of binary data, looks at up to so many literals of a block in detail, in bytes. */
  readonly detailed: number;
  /** Tries several settings for blocks with at most so many literals, in bytes; else takes what is mostly best. */
  readonly trials: number;
}

const levels: Readonly<Record<LevelName, Level>> = {
  fast: {
    name: 'fast',
    seedStep: 8,
    heads: 24,
    depth: 8,
    modelled: false,
    quality: [9, 5],
    lines: [18, 17],
    detailed: 64 << 10,
    trials: 0,
  },
  default: {
    name: 'default',
    seedStep: 4,
    heads: 23,
    depth: 32,
    modelled: true,
    quality: [11, 9],
    lines: [18, 17],
    detailed: 64 << 10,
    trials: 16 << 10,
  },
  max: {
    name: 'max',
    seedStep: 2,
    heads: 24,
    depth: 256,
    modelled: true,
    quality: [11, 11],
    lines: [19, 18],
    detailed: Infinity,
    trials: 8 << 20,
  },
};

export const levelNames = Object.keys(levels) as readonly LevelName[]; // the keys are the type

/** E_USAGE for a name that is none. */
export function levelOf(name: string): Level {
  const level = Object.hasOwn(levels, name) ? levels[name as LevelName] : undefined;
  if (level) return level;
  throw new PatchError('E_USAGE', `there is no level '${name}'`, {
    help: `there are: ${levelNames.join(', ')}`,
  });
}
