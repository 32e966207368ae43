/** A target that is changed where it is: a plain application directory, or a layer directory. */
import { existsSync, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PatchError } from '../errors.ts';
import { type DirectoryLayer, workFolder } from '../layer/directory-layer.ts';
import type { EntryName } from '../layer/name.ts';
import { draftingTarget } from './drafting-target.ts';
import type { Drafts } from './drafts.ts';
import { execute } from './journal.ts';
import type { Sidecar } from './sidecars.ts';
import { stepsOf } from './staged.ts';
import type { Step } from './steps.ts';
import type { Target } from './target.ts';

/** Drafts go to a folder inside of the target, so that every step of the commit is a rename on one file system. */
export function inPlaceTarget(layer: DirectoryLayer): Target {
  const work = join(layer.directory, workFolder);
  return draftingTarget({
    work,
    async commit({ staged, sidecars }, drafts, signal) {
      const pathOf = (name: EntryName): string => pathIn(layer, name);
      const beside = await sidecarSteps(sidecars(layer), drafts, layer, signal);
      const filled = staged.filter(({ change }) => change.after !== null);
      const made = filled.filter(({ change }) => change.after?.type === 'directory');
      const folders = missingFolders(
        [
          ...filled.map(({ change }) => pathOf(change.name)),
          ...beside.flatMap((step) => (step.do === 'put' ? [step.path] : [])),
        ],
        layer.directory,
        made.map(({ change }) => pathOf(change.name)),
      );
      const steps = [...folders, ...stepsOf(staged, pathOf, drafts), ...beside];
      execute(work, steps, layer.directory, signal);
    },
  });
}

/** Where an entry is in a folder. */
export function pathIn({ directory, description }: DirectoryLayer, name: EntryName): string {
  const [variable = '', ...components] = name.split('/');
  if (description !== null) return join(directory, 'read-only', 'files', variable, ...components);
  if (variable !== 'AppRoot') {
    throw new PatchError('E_CONFLICT', `${name}: is outside of an application directory`, {
      entry: name,
      help: 'the patch is for a layer: apply it to a layer directory',
    });
  }
  // In any case: where the file system folds names, another spelling leads to the same folder.
  if (components[0]?.toLowerCase() === workFolder) {
    throw new PatchError('E_NAME', `${name}: is where drafts are kept while a patch is applied`, {
      entry: name,
      help: 'make the patch again, without it',
    });
  }
  return join(directory, ...components);
}

async function sidecarSteps(
  sidecars: readonly Sidecar[],
  drafts: Drafts,
  layer: DirectoryLayer,
  signal: AbortSignal,
): Promise<Step[]> {
  const takes: Step[] = [];
  const puts: Step[] = [];
  for (const { path, content } of sidecars) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    const mode = stats && stats.mode & 0o7777;
    if (path.startsWith(join(layer.directory, '/'))) {
      if (stats) takes.push({ do: 'take', path, to: drafts.reserve('backup'), keepIfFull: false });
      if (content) puts.push({ do: 'put', from: await drafts.file([content], mode, signal), path });
      continue;
    }
    // A registry file may be on another file system than the target, so its draft and its backup are beside it.
    if (stats) takes.push({ do: 'take', path, to: drafts.beside(path, 'backup'), keepIfFull: false });
    if (content)
      puts.push({
        do: 'put',
        from: await drafts.file([content], mode, signal, drafts.beside(path, 'draft')),
        path,
      });
  }
  return [...takes, ...puts];
}

/** Folders that nothing in the patch makes, because the base has no entry for them: those of variables and areas. */
function missingFolders(paths: readonly string[], root: string, made: readonly string[]): Step[] {
  const missing = new Set<string>();
  const known = new Set(made);
  for (const path of paths) {
    for (let at = dirname(path); at.length > root.length && !known.has(at); at = dirname(at)) {
      if (!existsSync(at)) missing.add(at);
      known.add(at);
    }
  }
  return [...missing].sort().flatMap((path): Step[] => [
    { do: 'mkdir', path },
    { do: 'chmod', path, mode: 0o755, before: null },
  ]);
}
