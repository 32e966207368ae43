/** apply: the chain that brings a `.vpa` file to a folder. */
import * as plugins from '../plugins/index.ts';
import type { ApplyOptions as ApplyStageOptions, VerifyOptions } from '../plugins/index.ts';
import { join, resolve } from 'node:path';
import { openDirectory, workFolder } from '../src/layer/directory-layer.ts';
import { copyTarget } from '../src/store/copy-target.ts';
import { inPlaceTarget } from '../src/store/in-place-target.ts';
import { settle } from '../src/store/work-folder.ts';
import type { Stage } from '../src/stream/stage.ts';

export interface ApplyOptions extends VerifyOptions, Omit<ApplyStageOptions, 'base'> {
  /** The folder with the version that the patch is for: a plain application directory or a layer directory. */
  readonly to: string;
  /** A new folder for the new version; the old one stays as it is. Without it `to` itself is changed. */
  readonly out?: string;
  /** `.reg` files that belong to a plain application directory. */
  readonly registry?: readonly string[];
}

export const apply = ({ to, out, registry = [], ...options }: ApplyOptions): Stage[] => {
  // Before anything is read: what a killed run left half done is neither the base nor the target.
  settle(join(resolve(to), workFolder));
  const base = openDirectory(to, registry);
  const target = out === undefined ? inPlaceTarget(base) : copyTarget(base, out);
  return [
    plugins.unpack(options),
    plugins.verify(options),
    plugins.apply({ ...options, base }),
    plugins.deploy({ target }),
  ];
};
