/** create: the chain that makes a patch of what `capture` gives. */
import { compress, diffFiles, diffRegistry, normalize, pack, seal, sign } from '../plugins/index.ts';
import type { DiffFilesOptions, NormalizeOptions, PackOptions, SealOptions } from '../plugins/index.ts';
import type { Signer } from '../src/sign/signer.ts';
import type { Stage } from '../src/stream/stage.ts';

export interface CreateOptions extends NormalizeOptions, DiffFilesOptions, SealOptions, PackOptions {
  /** Who signs; a patch that nobody signs is refused when it is applied, unless the caller insists. */
  readonly signers?: readonly Signer[];
}

export const create = (options: CreateOptions = {}): Stage[] => [
  normalize(options),
  diffFiles(options),
  diffRegistry(),
  compress(options.threads === undefined ? {} : { threads: options.threads }),
  seal(options),
  sign({ signers: options.signers ?? [] }),
  pack(options),
];
