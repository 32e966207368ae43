/** Which store a command is about. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { usualStore } from '../store/layers/store-folder.ts';

export interface StoreOption {
  readonly store?: string;
}

export function addStoreOption(command: Command): Command {
  return command.option(
    '--store <folder>',
    'the store of layers (default: VPA_STORE, or vpa/layers where programs keep their data)',
  );
}

export function storeOf({ store }: StoreOption): string {
  const { env: environment, platform } = process;
  return resolve(store ?? usualStore({ platform, environment, home: homedir() }));
}
