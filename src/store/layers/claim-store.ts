/** A claim on a whole store: one run at a time changes it, so that one record can switch several layers. */
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PatchError, fromSystem, systemCode } from '../../errors.ts';
import { workFolder } from '../../layer/directory-layer.ts';
import { assemble } from '../assemble.ts';
import type { Part } from '../plan-files.ts';
import { statsAt } from '../stats.ts';
import type { Flusher } from '../transaction/flush.ts';
import type { PatchFacts } from '../transaction/record.ts';
import { type Outcome, execute } from '../transaction/transaction.ts';
import { type Claim, claim } from '../work-folder.ts';
import { layerFolder, layerNumbers, pointerFile, storeFile, workOf } from './layout.ts';

const schema = z.object({ format: z.int().min(1) });
/** The layout that this program knows. */
const format = 1;

/** Refuses a folder that is there and no store (E_INPUT), or one of a later layout (E_VERSION). Nothing, or an empty folder, is a store without layers. */
export function assertStore(store: string): void {
  try {
    const marker = schema.parse(JSON.parse(readFileSync(join(store, storeFile), 'utf8')));
    if (marker.format === format) return;
    throw new PatchError('E_VERSION', `${store}: is a store of the layout ${marker.format}`, {
      entry: store,
      help: 'update this program',
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && isEmpty(store)) return;
    if (error instanceof PatchError) throw error;
    const help = layerNumbers(store).some((number) => statsAt(pointerFile(layerFolder(store, number))))
      ? `it has layers: if it is one, its ${storeFile} is missing or damaged; write {"format":${format}} into that`
      : 'name a store, or a folder that is empty or not there yet (--store)';
    throw new PatchError('E_INPUT', `${store}: is not a store of layers`, {
      entry: store,
      help,
      cause: error,
    });
  }
}

function isEmpty(store: string): boolean {
  const stats = statsAt(store);
  return stats === null || (stats.isDirectory() && readdirSync(store).every((name) => name === workFolder));
}

export interface StoreClaim extends Claim {
  /** All of the parts as one transaction, or nothing. */
  execute(parts: readonly Part[], patch: PatchFacts, signal?: AbortSignal): Promise<void>;
}

export interface ClaimOptions {
  readonly flusher: Flusher;
  /** Makes a store where there is none. */
  readonly make?: boolean;
  readonly onRecovered?: ((outcome: Outcome) => void) | undefined;
}

/** Brings to its end what a killed run has left, too. E_BUSY while another run is at work in the store. */
export async function claimStore(
  store: string,
  { flusher, make = false, onRecovered }: ClaimOptions,
): Promise<StoreClaim> {
  try {
    assertStore(store);
    if (make) mkdirSync(store, { recursive: true });
    else if (statsAt(store) === null) {
      throw new PatchError('E_INPUT', `${store}: there is no store`, {
        entry: store,
        help: 'bring a layer in: vpa layer import FOLDER',
      });
    }
    const claimed = await claim(workOf(store), flusher);
    try {
      if (claimed.recovered !== null) onRecovered?.(claimed.recovered);
      if (make && statsAt(join(store, storeFile)) === null) await mark(store, claimed.work, flusher);
    } catch (error) {
      await claimed.release();
      throw error;
    }
    return {
      ...claimed,
      execute: async (parts, patch, signal) =>
        execute(claimed.work, assemble(parts, { root: store, patch, keep: null }), {
          root: store,
          flusher,
          signal,
        }),
    };
  } catch (error) {
    throw fromSystem(error, 'write', store);
  }
}

/** Claims a store for as long as `use` takes; errors of the system get their codes. */
export async function withStore<T>(
  store: string,
  options: ClaimOptions,
  use: (claimed: StoreClaim) => Promise<T>,
): Promise<T> {
  const claimed = await claimStore(store, options);
  try {
    return await use(claimed);
  } catch (error) {
    throw fromSystem(error, 'write', store);
  } finally {
    await claimed.release();
  }
}

async function mark(store: string, work: string, flusher: Flusher): Promise<void> {
  const draft = join(work, storeFile);
  await writeFlushed(draft, Buffer.from(`${JSON.stringify({ format })}\n`), flusher);
  await flusher.settled();
  renameSync(draft, join(store, storeFile));
  await flusher.paths([store, dirname(store)]);
}

/** Writes a new file; it is on the disk when the flusher has settled. */
export async function writeFlushed(path: string, data: Uint8Array, flusher: Flusher): Promise<void> {
  const file = openSync(path, 'wx', 0o644);
  try {
    for (let done = 0; done < data.length;) done += writeSync(file, data, done);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  await flusher.file(file);
}
