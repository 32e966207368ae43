/** A target with canaries around it: nothing of them may change, and nothing may come beside them. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, type PatchError, isPatchError } from '../../src/errors.ts';
import { applyPatch } from '../fixtures/patching.ts';
import { discard, file, footprint, listing, readTree, scratch, treeOf, writeTree } from '../fixtures/tree.ts';
import { base, registry, trust } from './archive.ts';

const canary = treeOf({
  secret: file('what nobody else may see', 0o600),
  'dir/old.txt': 'old',
  'dir/script.sh': file('#!/bin/sh\n', 0o755),
  'read-only': file('must stay as it is', 0o444),
  empty: null,
});

export interface Scene {
  /** Holds everything else. */
  readonly root: string;
  /** The application that patches are applied to. */
  readonly app: string;
  readonly registry: string;
  /** Outside of the application; hostile links lead there. */
  readonly outside: string;
  /** Everything around the application, with times and inode numbers. */
  around(): string[];
  /** Everything, the application too, without times: what a refused patch must leave as it was. */
  whole(): string[];
  apply(patch: Uint8Array, into?: 'place' | 'copy'): Promise<void>;
  /** Applies, which must fail; gives the error. */
  refusal(patch: Uint8Array, into?: 'place' | 'copy'): Promise<PatchError>;
}

/** Builds the scene, runs, and clears it away. The current folder and that for temporary files are canaries meanwhile. */
export async function withScene<T>(
  use: (scene: Scene) => Promise<T>,
  prepare?: (scene: Scene) => void,
): Promise<T> {
  const root = scratch();
  const before = process.env['TMPDIR'];
  const here = process.cwd();
  try {
    const [app, outside, temporary] = [join(root, 'in', 'app'), join(root, 'outside'), join(root, 'tmp')];
    for (const folder of [temporary, join(root, 'in'), join(root, 'here')]) mkdirSync(folder);
    for (const folder of [outside, join(root, 'in', 'beside')]) writeTree(folder, canary);
    writeTree(app, base);
    symlinkSync(join('..', 'outside', 'secret'), join(root, 'in', 'link'));
    const registryFile = join(root, 'in', 'app.reg');
    writeFileSync(registryFile, registry);
    process.env['TMPDIR'] = temporary;
    // Else what compiles the worker threads of the tests leaves something there.
    process.env['TSX_DISABLE_CACHE'] = '1';
    process.chdir(join(root, 'here'));
    const scene = sceneOf(root, app, registryFile, outside);
    prepare?.(scene);
    return await use(scene);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    process.chdir(here);
    discard(root);
  }
}

function sceneOf(root: string, app: string, registryFile: string, outside: string): Scene {
  const out = join(root, 'in', 'new');
  const apply = async (patch: Uint8Array, into: 'place' | 'copy' = 'place'): Promise<void> => {
    const copy = into === 'copy' ? { out } : {};
    await applyPatch(patch, { to: app, registry: [registryFile], trust, ...copy });
  };
  return {
    root,
    app,
    registry: registryFile,
    outside,
    apply,
    around: () => {
      const own = [app, registryFile, out, `${out}.reg`].map((path) => path.slice(root.length));
      const lines = footprint(root).filter(
        (line) =>
          !own.some((path) => line === path || line.startsWith(`${path}/`) || line.startsWith(`${path} `)),
      );
      // The folder that holds the application sees it come and go; what is in it is compared for itself.
      const kept = lines.map((line) => (/^(\/in)? /.test(line) ? line.replace(/ [\d.]+ \d+$/, '') : line));
      return [...kept, ...contents(outside), ...contents(join(root, 'in', 'beside'))];
    },
    whole: () => listing(readTree(root)),
    refusal: async (patch, into) => {
      try {
        await apply(patch, into);
      } catch (error) {
        if (isPatchError(error)) return error;
        throw error;
      }
      throw new Error('it was applied');
    },
  };
}

function contents(folder: string): string[] {
  return listing(readTree(folder));
}

/** Codes with which a hostile patch may be refused. The others would mean that we broke, or that it was not looked at. */
export const refusals: readonly ErrorCode[] = [
  'E_FORMAT',
  'E_LIMIT',
  'E_NAME',
  'E_VERSION',
  'E_CODEC',
  'E_DIGEST',
  'E_SIGNATURE',
  'E_SPACE',
  'E_UNTRUSTED',
  'E_BASE_MISMATCH',
  'E_CONFLICT',
];

/** The content of the application's file, or null where there is none. */
export function contentOf({ app }: Scene, path: string): string | null {
  const place = join(app, path);
  return existsSync(place) ? readFileSync(place, 'latin1') : null;
}
