/** The kernel of the xdelta3 codec: one window of the target against one segment of the reference. */
import { type Kernel } from '../../exec/executor.ts';
import { rebaseWindow } from '../vcdiff/rebase.ts';
import { addWindow } from '../vcdiff/write-window.ts';
import { encode } from './wasm.ts';

export interface WindowJob {
  readonly target: Uint8Array;
  readonly segment: Uint8Array;
  /** Where the segment lies in the reference. */
  readonly position: number;
}

/** The VCDIFF window: the one that xdelta3 makes, or the plain one where that is not smaller or fails. */
export async function encodeWindow({ target, segment, position }: WindowJob): Promise<Uint8Array> {
  const plain = addWindow(target);
  const delta = await encode(segment, target, plain.length);
  if (delta === null) return plain;
  const window = rebaseWindow(delta, position);
  return window.length < plain.length ? window : plain;
}

export const encodeWindowKernel: Kernel<WindowJob, Uint8Array> = {
  module: import.meta.url,
  name: 'encodeWindow',
};
