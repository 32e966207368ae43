/** apply: the chain that brings a `.vpa` file to a folder. */
import { join, resolve } from 'node:path';
import * as plugins from '../plugins/index.ts';
import type { ApplyOptions as ApplyStageOptions, VerifyOptions } from '../plugins/index.ts';
import { type DirectoryLayer, openDirectory, workFolder } from '../src/layer/directory-layer.ts';
import { copyTarget } from '../src/store/copy-target.ts';
import { dryTarget } from '../src/store/dry-target.ts';
import { inPlaceTarget } from '../src/store/in-place-target.ts';
import type { Target } from '../src/store/target.ts';
import { settle } from '../src/store/work-folder.ts';
import type { Stage } from '../src/stream/stage.ts';

export interface ApplyOptions extends VerifyOptions, Omit<ApplyStageOptions, 'base'> {
  /** The folder with the version that the patch is for: a plain application directory or a layer directory. */
  readonly to: string;
  /** A new folder for the new version; the old one stays as it is. Without it `to` itself is changed. */
  readonly out?: string;
  /** `.reg` files that belong to a plain application directory. */
  readonly registry?: readonly string[];
  /** Does everything but write; what a killed run left is not undone either. */
  readonly dryRun?: boolean;
}

export const apply = ({ to, out, registry = [], dryRun = false, ...options }: ApplyOptions): Stage[] => {
  let opened: DirectoryLayer | undefined;
  const open = (): DirectoryLayer => {
    // Before anything is read: what a killed run left half done is neither the base nor the target.
    if (!opened && !dryRun) settle(join(resolve(to), workFolder));
    return (opened ??= openDirectory(to, registry));
  };
  const target = (): Target => {
    if (dryRun) return dryTarget(open(), out);
    return out === undefined ? inPlaceTarget(open()) : copyTarget(open(), out);
  };
  return [
    plugins.unpack(options),
    plugins.verify(options),
    plugins.apply({ ...options, base: open }),
    plugins.deploy({ target }),
  ];
};
