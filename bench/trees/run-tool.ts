/** One tool on one corpus, once: create, apply to a new folder, apply in place, each result held against the new tree. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from '../peers/tool.ts';
import { type Job, type Taken, emptyFolder, measureJob } from './job.ts';
import { type Trees, differenceOf, listFiles } from './tree.ts';

export interface ToolRun {
  readonly patch: number | null;
  readonly create: Taken | null;
  readonly apply: Taken | null;
  readonly inPlace: Taken | null;
  /** Why it ended early: the tool failed, took too long, or its result is not the new tree. */
  readonly error: string | null;
}

/** `limit` in milliseconds, for each of the three. */
export async function runTool(tool: Tool, trees: Trees, folder: string, limit: number): Promise<ToolRun> {
  const at = (name: string): string => join(folder, name);
  const folders = { trees, patch: at('patch'), scratch: at('scratch'), out: at('out') };
  const done: { -readonly [Key in keyof ToolRun]: ToolRun[Key] } = {
    patch: null,
    create: null,
    apply: null,
    inPlace: null,
    error: null,
  };
  emptyFolder(folders.patch);
  emptyFolder(folders.scratch);
  const applied = async (work: (job: Job) => Promise<void>): Promise<Taken> => {
    rmSync(folders.out, { recursive: true, force: true });
    const taken = await measureJob(folders, limit, work);
    const difference = existsSync(folders.out) ? differenceOf(folders.out, trees.v2) : 'there is none';
    if (difference !== null) throw new Error(`wrong result: ${difference}`);
    return taken;
  };
  try {
    done.create = await measureJob(folders, limit, tool.create);
    done.patch = [...listFiles(folders.patch).values()].reduce((sum, size) => sum + size, 0);
    done.apply = await applied(tool.apply);
    if (tool.applyInPlace) done.inPlace = await applied(tool.applyInPlace);
  } catch (error) {
    done.error = error instanceof Error ? error.message : String(error);
  }
  rmSync(folder, { recursive: true, force: true });
  return done;
}
