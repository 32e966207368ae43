/** A layer of a store, for programs and for people. */
import { type StoredLayer, titleOf } from '../../store/layers/stored-layer.ts';
import { printable } from '../printable.ts';

export interface LayerReport {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** State digest of the current generation, without the rules of any patch. */
  readonly digest: string;
  readonly entries: number;
  /** In bytes. */
  readonly size: number;
  readonly generation: number;
  readonly generations: readonly number[];
  /** Whose writable sublayers there are. */
  readonly users: readonly string[];
  /** Where the current generation is; nothing may write into it. */
  readonly path: string;
}

export function layerReport({ number, identity, current, generations, users }: StoredLayer): LayerReport {
  const { digest, entries, size } = current.record;
  const path = current.directory;
  return { number, ...identity, digest, entries, size, generation: current.number, generations, users, path };
}

/** `layer 3 (Acme Notes 1.0.0)`. */
export function layerText(layer: StoredLayer): string {
  return printable(titleOf(layer));
}
