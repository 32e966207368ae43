/** An application family: the rules that all applications of a kind share, as data. */
import type { DeltaCodec } from '../src/delta/codec.ts';
import type { LevelName } from '../src/delta/cover/levels.ts';

export interface Family {
  readonly name: string;
  /** Exclude entries that such applications need: files that the system or the application makes by itself. */
  readonly excludes: readonly string[];
  /** Registry content that differs from machine to machine. */
  readonly volatile: readonly string[];
  /** Names of variables whose paths occur in registry data. */
  readonly variables: readonly string[];
  /** How much time deltas may take; `default` if left out. */
  readonly level?: LevelName;
  /** Delta codecs, in the order in which they are tried; the default ones if left out. */
  readonly codecs?: readonly DeltaCodec[];
}
