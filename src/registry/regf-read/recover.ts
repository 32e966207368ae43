/** A hive that was not written to its end, completed by its transaction logs as Windows does it. */
import type { Bytes } from '../../bytes.ts';
import { PatchError } from '../../errors.ts';
import { baseBlockSize, binHeaderSize } from '../regf/format.ts';
import type { BaseBlock } from './base-block.ts';
import { type DirtyPage, type Log, parseLog } from './log.ts';
import { type LogEntry, logEntries } from './new-log.ts';
import { oldLogPages } from './old-log.ts';

export interface Recovery {
  /** The base block as it is after the recovery. */
  readonly block: BaseBlock;
  /** In the order in which they are written: a later page wins. */
  readonly pages: readonly DirtyPage[];
}

/**
 * What the logs of a dirty hive change in it (regf specification, "Dirty state of a hive" and "Multiple transaction
 * log files"). Logs are those of one hive in the order LOG, LOG1, LOG2. E_FORMAT, with a line about each log, when none
 * of them can be used.
 */
export async function recover(hive: Bytes, primary: BaseBlock, logs: readonly Buffer[]): Promise<Recovery> {
  const unusable: string[] = [];
  const good: Log[] = [];
  logs.forEach((data, index) => {
    const log = parseLog(data, index + 1);
    if (typeof log === 'string') unusable.push(log);
    else good.push(log);
  });
  // Windows has either the one format or the other; where both are found, the old one is left over.
  const fresh = good.filter((log) => log.block.fileType === 6);
  const recovery =
    fresh.length > 0
      ? fromNewLogs(primary, fresh, unusable)
      : fromOldLogs(primary, await stampsOf(hive, primary), good, unusable);
  if (recovery !== null) return recovery;
  unusable.sort();
  throw new PatchError(
    'E_FORMAT',
    `the registry hive was not written to its end, and none of its ${logs.length} log files can complete it` +
      (unusable[0] === undefined ? '' : `: ${unusable[0]}`),
    { help: 'give the log files that belong to this hive, or read it leniently as it is', details: unusable },
  );
}

function isValid(primary: BaseBlock): boolean {
  return primary.signed && primary.checksumIsRight;
}

/**
 * When the hive was last written. The first hive bin has a copy, which counts when the base block is broken; what is in
 * the broken one counts too, since a writer puts the same into it and its log before it writes anything else.
 */
async function stampsOf(hive: Bytes, primary: BaseBlock): Promise<readonly bigint[]> {
  if (isValid(primary) || hive.size < baseBlockSize + binHeaderSize) return [primary.lastWritten];
  const header = await hive.read(baseBlockSize, binHeaderSize);
  return [Buffer.from(header).readBigUInt64LE(20), primary.lastWritten]; // 20 - Timestamp
}

/** The first log that was written together with the base block: so do Windows' boot loaders. */
function fromOldLogs(
  primary: BaseBlock,
  stamps: readonly bigint[],
  logs: readonly Log[],
  unusable: string[],
): Recovery | null {
  for (const log of logs) {
    const pages = stamps.includes(log.block.lastWritten)
      ? oldLogPages(log)
      : `log ${log.number} is of another time than the hive`;
    if (typeof pages !== 'string') return { block: completed(primary, log, log.block.binsSize), pages };
    unusable.push(pages);
  }
  return null;
}

interface Sequence {
  readonly log: Log;
  readonly entries: readonly LogEntry[];
  readonly first: number;
}

function fromNewLogs(primary: BaseBlock, logs: readonly Log[], unusable: string[]): Recovery | null {
  const sequences: Sequence[] = [];
  for (const log of logs) {
    const entries = logEntries(log);
    const [entry] = entries;
    if (entry === undefined) unusable.push(`log ${log.number} has no entry that is whole and in sequence`);
    else if (isValid(primary) && entry.sequence < primary.secondarySequence)
      unusable.push(`log ${log.number} is older than the hive`);
    else sequences.push({ log, entries, first: entry.sequence });
  }
  sequences.sort((a, b) => a.first - b.first);
  // With a base block that is broken only the newest log counts, since nothing tells whether older entries were applied.
  const chosen = isValid(primary) ? sequences : sequences.slice(-1);
  const [first] = chosen;
  if (first === undefined) return null;
  const applied: LogEntry[] = [];
  let next = first.first;
  for (const { entries, first: start } of chosen) {
    if (start !== next) break;
    applied.push(...entries);
    next += entries.length;
  }
  const binsSize = applied.at(-1)?.binsSize ?? primary.binsSize;
  return { block: completed(primary, first.log, binsSize), pages: applied.flatMap((entry) => entry.pages) };
}

/** The base block of the hive, or the log's copy where it is broken, as it is after a write that went well. */
function completed(primary: BaseBlock, log: Log, binsSize: number): BaseBlock {
  const block = isValid(primary) ? primary : { ...log.block, fileType: 0 };
  return { ...block, binsSize, secondarySequence: block.primarySequence };
}
