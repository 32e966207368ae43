/** The file that says which generation of a layer counts; replaced whole, so that a reader always finds one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Drafts } from '../drafts.ts';
import { digestOf } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import type { Part } from '../plan-files.ts';
import { statsAt } from '../stats.ts';
import { damaged, mendable } from './damaged.ts';
import { pointerFile } from './layout.ts';

const schema = z.object({ format: z.literal(1), generation: z.int().min(1) });

/** The number of the current generation. E_CONFLICT where the file is missing or damaged. */
export function readPointer(folder: string): number {
  const path = pointerFile(folder);
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8'))).generation;
  } catch (error) {
    throw damaged(path, 'does not say which generation of the layer counts', error, mendable(folder));
  }
}

export function formatPointer(generation: number): Uint8Array {
  return Buffer.from(`${JSON.stringify({ format: 1, generation })}\n`);
}

/** Lets another generation count, as part of a transaction. */
export async function pointerPart(
  folder: string,
  generation: number,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<Part> {
  return recordPart(pointerFile(folder), formatPointer(generation), drafts, signal);
}

/** Another content for such a file; a reader finds the old one or the new one. */
export async function recordPart(
  path: string,
  content: Uint8Array,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<Part> {
  throwIfCancelled(signal);
  const isThere = statsAt(path) !== null;
  const from = await drafts.file([content], 0o644, signal);
  return {
    takes: isThere ? [{ path, to: drafts.reserve('backup'), stay: true }] : [],
    puts: [{ path, from, digest: digestOf(content), ...(isThere && { over: true }) }],
    modes: [],
    restore: [],
  };
}
