/** Reads a registry delta, `registry/1` (FORMAT §6.3.1). Its bytes may be hostile. */
import { tooLarge } from '../../bytes.ts';
import { checkDifference } from './data-difference.ts';
import type { DeltaRecord, PatchValue, RegistryDelta } from './delta.ts';
import { type ByteReader, createByteReader, malformed } from './delta-bytes.ts';
import { createDeltaOrder } from './delta-order.ts';
import { deltaMagic, kinds, largestType, operations } from './delta-wire.ts';
import type { KeyKind } from '../hive.ts';
import { overLimit, type RegistryLimits, registryLimits } from '../limits.ts';

const noData = new Uint8Array(0);

/**
 * Decodes a delta. It takes only what `encodeDelta` writes: E_FORMAT for any other version, operation, order or form,
 * for what is there twice, and for bytes left over; E_LIMIT for sizes and numbers above the limits.
 */
export function decodeDelta(data: Uint8Array, options: Partial<RegistryLimits> = {}): RegistryDelta {
  const limits = { ...registryLimits, ...options };
  if (data.length > limits.size) throw tooLarge('registry delta', data.length, limits.size);
  const reader = createByteReader(data);
  for (const expected of deltaMagic) {
    if (reader.byte('the header') !== expected)
      throw malformed('header', 'it is no registry delta of version 1');
  }
  const count = reader.number('the number of records');
  const most = limits.keys + limits.values;
  if (count > most) throw overLimit('registry delta: too many records', most);
  const order = createDeltaOrder();
  const records: DeltaRecord[] = [];
  let path: readonly string[] = [];
  let written = 0;
  let patched = 0;
  for (let index = 0; index < count; index++) {
    const op = operations[reader.byte('an operation') - 1];
    if (op === undefined) throw malformed(`record ${index}`, 'its operation is unknown');
    const shared = reader.number('the shared part of a path');
    const next = readPath(reader, path, shared, limits);
    // A few bytes may stand for a long path, so what all paths would need if written out counts (FORMAT §6.3.3).
    if (next !== path) written += weightOf(next);
    if (written > limits.paths)
      throw overLimit('registry delta: its paths are too long in all', limits.paths);
    path = next;
    const record = readRest(reader, op, path, limits);
    // And so may a few bytes of a difference for much data.
    if (record.op === 'patch-value') patched += record.difference.size;
    if (patched > limits.size)
      throw overLimit('registry delta: its differences make too much data', limits.size);
    const problem = order.shared(path) === shared ? order.check(record) : 'it writes out what it could share';
    if (problem !== null) throw malformed(`record ${index}`, problem);
    records.push(record);
  }
  reader.end();
  return { records };
}

function readPath(
  reader: ByteReader,
  previous: readonly string[],
  shared: number,
  limits: RegistryLimits,
): readonly string[] {
  if (shared > previous.length) throw malformed('path', 'it shares more than there is');
  const own = reader.number('the length of a path');
  if (shared + own > limits.depth) throw overLimit('registry delta: a key is nested too deep', limits.depth);
  if (own === 0 && shared === previous.length) return previous;
  const path = previous.slice(0, shared);
  for (let left = own; left > 0; left--) path.push(reader.text("a key's name", limits.keyName));
  return path;
}

/** Bytes that a path is taken to need in memory: two for each UTF-16 code unit, and 16 for each name. */
function weightOf(path: readonly string[]): number {
  return path.reduce((sum, name) => sum + 2 * name.length + 16, 0);
}

function readRest(
  reader: ByteReader,
  op: DeltaRecord['op'],
  path: readonly string[],
  limits: RegistryLimits,
): DeltaRecord {
  switch (op) {
    case 'add-key':
      return { op, path, kind: readKind(reader) };
    case 'remove-key':
      return { op, path, removed: readCounts(reader) };
    case 'rename-key':
      return { op, path, from: reader.text("a key's old name", limits.keyName) };
    case 'set-kind': {
      const before = readKind(reader);
      const after = readKind(reader);
      const removed = after === 'delete-entry' ? readCounts(reader) : { keys: 0, values: 0 };
      return { op, path, before, after, removed };
    }
    case 'set-link':
      return { op, path, link: readFlag(reader) };
    case 'set-class': {
      const from = reader.text("a key's old class", limits.className);
      return { op, path, from, to: reader.text("a key's class", limits.className) };
    }
    case 'set-security':
      return { op, path, security: reader.data('a security descriptor', limits.security) };
    case 'patch-value':
      return readPatch(reader, path, limits);
    case 'remove-value':
      return { op, path, name: reader.text("a value's name", limits.valueName) };
    default: {
      const name = reader.text("a value's name", limits.valueName);
      const type = reader.number("a value's type") - 1;
      if (type < 0) return { op, path, name, type: 'delete-entry', data: noData };
      if (type > largestType) throw malformed('value', 'its type is above 32 bits');
      return { op, path, name, type, data: reader.data("a value's data", limits.valueData) };
    }
  }
}

function readPatch(reader: ByteReader, path: readonly string[], limits: RegistryLimits): PatchValue {
  const name = reader.text("a value's name", limits.valueName);
  const type = reader.number("a value's type") - 1;
  if (type < 0 || type > largestType) throw malformed('value', 'its type is none that has data');
  const before = {
    size: reader.number('the size of the data before'),
    digest: `sha256:${Buffer.from(reader.raw('a digest', 32)).toString('hex')}` as const,
  };
  const size = reader.number('the size of the data after');
  if (size > limits.valueData)
    throw overLimit("registry delta: a value's data is too long", limits.valueData);
  const difference = { before, size, steps: reader.data('a difference', limits.valueData) };
  checkDifference(difference);
  return { op: 'patch-value', path, name, type, difference };
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.byte('a flag');
  if (flag > 1) throw malformed('key', 'a flag is neither 0 nor 1');
  return flag === 1;
}

function readKind(reader: ByteReader): KeyKind {
  const kind = kinds[reader.byte("a key's kind")];
  if (kind === undefined) throw malformed('key', 'its kind is unknown');
  return kind;
}

function readCounts(reader: ByteReader): { keys: number; values: number } {
  return { keys: reader.number('the removed keys'), values: reader.number('the removed values') };
}
