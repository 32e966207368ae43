/** A binary hive that is in memory, read at once. */
import { tooLarge } from '../../bytes.ts';
import type { RegistryKey } from '../hive.ts';
import { registryLimits } from '../limits.ts';
import { assertHive, checkBaseBlock, isDirty, isLayered, parseBaseBlock } from '../regf-read/base-block.ts';
import { readKeyNode } from '../regf-read/key-node.ts';
import { broken, createProblems } from '../regf-read/problem.ts';
import { createReading } from '../regf-read/reading.ts';
import { readTree } from '../regf-read/read-tree.ts';
import { wholeCells } from '../regf-read/whole-cells.ts';
import { baseBlockSize } from '../regf/format.ts';
import { withoutDefaultSecurity } from './own-security.ts';

export interface RegfFile {
  /** Minor version of the format: 3 to 6. */
  readonly minor: number;
  /** The name of its root key, which the model does not have. */
  readonly rootName: string;
  readonly key: RegistryKey;
}

/**
 * Reads a hive that was written to its end; one that was not needs its logs (`openHive`). E_FORMAT with the offset and
 * the reason, E_LIMIT.
 */
export function readRegf(data: Uint8Array): RegfFile {
  if (data.length < baseBlockSize) {
    throw broken(data.length, `${data.length} bytes are too few for a base block of ${baseBlockSize}`);
  }
  if (data.length - baseBlockSize > registryLimits.size) {
    throw tooLarge('the registry hive', data.length, registryLimits.size);
  }
  const file = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const base = parseBaseBlock(file.subarray(0, baseBlockSize));
  assertHive(base);
  if (isDirty(base)) {
    const help = 'complete it with its logs first: vpa registry convert HIVE OUT --to regf';
    throw broken(4, 'it is dirty: it was not written to its end', help);
  }
  checkBaseBlock(base, file.length);
  const problems = createProblems(false);
  const limits = registryLimits;
  const hive = { limits, problems, minor: base.minor, layered: isLayered(base) };
  const reading = createReading(
    wholeCells(file.subarray(baseBlockSize, baseBlockSize + base.binsSize), problems),
    hive,
  );
  const rootName = readKeyNode({ ...reading, cells: unclaimed(reading.cells) }, base.rootOffset, null).name
    .text;
  return { minor: base.minor, rootName, key: withoutDefaultSecurity(readTree(reading, base.rootOffset)) };
}

/** A look at a cell that is read once more later, and may then be its owner's alone. */
function unclaimed(cells: ReturnType<typeof wholeCells>): ReturnType<typeof wholeCells> {
  return { ...cells, claim: (offset, what) => cells.cell(offset, what) };
}
