/** Windows' binary registry hives (regf, versions 1.3 to 1.6), read. */
import { assertRange, type Bytes, readAll, tooLarge } from '../../bytes.ts';
import { baseBlockSize } from '../regf/format.ts';
import type { RegistryKey } from '../hive.ts';
import { type RegistryLimits, registryLimits } from '../limits.ts';
import {
  assertHive,
  type BaseBlock,
  checkBaseBlock,
  isDirty,
  isLayered,
  parseBaseBlock,
} from './base-block.ts';
import { effectiveSize } from './effective-size.ts';
import { type RegfKey, rootKey } from './hive-key.ts';
import { overlaid } from './overlay.ts';
import { pagedCells } from './paged-cells.ts';
import { broken, createProblems, type Problems } from './problem.ts';
import { createReading } from './reading.ts';
import { readTree } from './read-tree.ts';
import { recover } from './recover.ts';
import { wholeCells } from './whole-cells.ts';

export interface OpenHiveOptions {
  /** The transaction logs of the hive (.LOG, .LOG1, .LOG2, in this order); looked at only when the hive is dirty. */
  readonly logs?: readonly Bytes[];
  readonly limits?: RegistryLimits;
  /** Reads as far as possible and lists in `losses` what could not be read. */
  readonly lenient?: boolean;
}

export interface RegfHive {
  /** The base block, after recovery where there was one. */
  readonly base: BaseBlock;
  /** Whether logs completed it. */
  readonly recovered: boolean;
  /** Whether it is a layer (differencing hive), whose keys hide those of the hives below. */
  readonly layered: boolean;
  readonly root: RegfKey;
  /** One line for each part that lenient reading met and could not read; it grows while more is read. */
  readonly losses: readonly string[];
  /** The key at a path below the root, names in any case ('' or []: the root); null when there is none. E_FORMAT, E_LIMIT. */
  key(path: string | readonly string[]): Promise<RegfKey | null>;
  /**
   * The whole hive as a model, whose values are views of the hive in memory. All bins and cells are checked, and that no
   * cell has two owners. E_FORMAT, and E_LIMIT, also for a hive larger than `limits.size` bytes.
   */
  toKey(): Promise<RegistryKey>;
}

/**
 * Opens a hive and reads its root key. E_FORMAT, with the offset and the reason, for what is no hive, is broken, or is
 * dirty and has no logs to complete it; E_LIMIT. Reads blocks of the file when a key or value in them is asked for.
 */
export async function openHive(bytes: Bytes, options: OpenHiveOptions = {}): Promise<RegfHive> {
  const limits = options.limits ?? registryLimits;
  const problems = createProblems(options.lenient === true);
  const opened = await completeHive(bytes, options.logs ?? [], limits, problems);
  const { hive, base, size } = opened;
  const layered = isLayered(base);
  const format = { limits, problems, minor: base.minor, layered };
  const cells = pagedCells(hive, size, format);
  const root = await rootKey({ ...createReading(cells, format), cells }, base.rootOffset);
  return {
    base,
    recovered: opened.recovered,
    layered,
    root,
    losses: problems.losses,
    key: async (path) => {
      const names = typeof path === 'string' ? path.split('\\').filter((name) => name !== '') : path;
      let key: RegfKey | null = root;
      for (const name of names) key = key === null ? null : await key.subkey(name);
      return key;
    },
    toKey: async () => {
      if (size > limits.size) throw tooLarge('the registry hive', size, limits.size);
      const bins = await hive.read(baseBlockSize, size);
      const whole = wholeCells(Buffer.from(bins.buffer, bins.byteOffset, bins.length), problems);
      return readTree(createReading(whole, format), base.rootOffset);
    },
  };
}

interface Opened {
  readonly hive: Bytes;
  readonly base: BaseBlock;
  /** Bytes of hive bins. */
  readonly size: number;
  readonly recovered: boolean;
}

async function completeHive(
  bytes: Bytes,
  logs: readonly Bytes[],
  limits: RegistryLimits,
  problems: Problems,
): Promise<Opened> {
  if (bytes.size < baseBlockSize)
    throw broken(bytes.size, `${bytes.size} bytes are too few for a base block of ${baseBlockSize}`);
  const head = await bytes.read(0, baseBlockSize);
  const primary = parseBaseBlock(Buffer.from(head.buffer, head.byteOffset, head.length));
  const isLog = primary.signed && primary.checksumIsRight && primary.fileType !== 0;
  if (isLog || !isDirty(primary)) return checked(bytes, primary, problems);
  if (logs.length === 0) {
    assertHive(primary);
    problems.lost(needsLogs(primary));
    return checked(bytes, primary, problems);
  }
  try {
    const contents: Buffer[] = [];
    for (const log of logs)
      contents.push(Buffer.from(await readAll(log, limits.size, 'the transaction log')));
    const { block, pages } = await recover(bytes, primary, contents);
    if (block.binsSize > limits.size) throw tooLarge('the registry hive', block.binsSize, limits.size);
    const hive = overlaid(bytes, pages, baseBlockSize + block.binsSize);
    return { ...(await checked(hive, block, problems)), recovered: true };
  } catch (error) {
    problems.lost(error);
    return checked(bytes, primary, problems);
  }
}

function needsLogs(primary: BaseBlock): Error {
  const help = 'give the log files of the hive (.LOG, .LOG1, .LOG2), or read it leniently as it is';
  if (!primary.checksumIsRight) return broken(508, 'the checksum of the base block is wrong', help);
  const numbers = `sequence numbers ${primary.primarySequence} and ${primary.secondarySequence}`;
  return broken(4, `it is dirty: it was not written to its end (${numbers})`, help);
}

async function checked(hive: Bytes, base: BaseBlock, problems: Problems): Promise<Opened> {
  assertHive(base);
  try {
    checkBaseBlock(base, hive.size);
  } catch (error) {
    problems.lost(error);
  }
  const size = problems.lenient ? await effectiveSize(hive, base) : base.binsSize;
  assertRange(baseBlockSize, size, hive.size);
  return { hive, base, size, recovered: false };
}
