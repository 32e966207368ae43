/** Writes a registry delta, `registry/1` (FORMAT §6.3.1). */
import { createDifference } from './data-difference.ts';
import type { DeltaRecord, PatchValue, RegistryDelta, SetValue } from './delta.ts';
import { type ByteWriter, createByteWriter, malformed } from './delta-bytes.ts';
import { createDeltaOrder } from './delta-order.ts';
import { deltaMagic, kinds, operations } from './delta-wire.ts';
import type { KeyKind } from '../hive.ts';

/**
 * Encodes a delta. It is binary, not JSON: names may be no valid Unicode, and data would grow by a third as base64.
 * Large data is written as the difference to the data before where the record has that, and it is smaller. E_FORMAT for records that are not in canonical order; those of `diffHives` are.
 */
export function encodeDelta(delta: RegistryDelta): Uint8Array {
  const writer = createByteWriter();
  for (const value of deltaMagic) writer.byte(value);
  writer.number(delta.records.length);
  const order = createDeltaOrder();
  for (const [index, whole] of delta.records.entries()) {
    const record = compact(whole);
    const shared = order.shared(record.path);
    const problem = order.check(record);
    if (problem !== null) throw malformed(`record ${index}`, problem);
    writer.byte(operations.indexOf(record.op) + 1);
    writer.number(shared);
    writer.number(record.path.length - shared);
    for (const name of record.path.slice(shared)) writer.text(name);
    writeRest(writer, record);
  }
  return writer.bytes();
}

/** The shorter way to say the same. */
function compact(record: DeltaRecord): DeltaRecord {
  if (record.op !== 'change-value' || record.before === undefined) return record;
  const { path, name, type, data, before } = record;
  if (type === 'delete-entry') return record;
  const difference = createDifference(before, data);
  return difference === null ? record : { op: 'patch-value', path, name, type, difference };
}

function writeRest(writer: ByteWriter, record: DeltaRecord): void {
  switch (record.op) {
    case 'add-key':
      writer.byte(kindCode(record.kind));
      return;
    case 'remove-key':
      writer.number(record.removed.keys);
      writer.number(record.removed.values);
      return;
    case 'rename-key':
      writer.text(record.from);
      return;
    case 'set-kind':
      writer.byte(kindCode(record.before));
      writer.byte(kindCode(record.after));
      if (record.after !== 'delete-entry') return;
      writer.number(record.removed.keys);
      writer.number(record.removed.values);
      return;
    case 'set-link':
      writer.byte(record.link ? 1 : 0);
      return;
    case 'set-class':
      writer.text(record.from);
      writer.text(record.to);
      return;
    case 'set-security':
      writer.data(record.security);
      return;
    case 'patch-value':
      writePatch(writer, record);
      return;
    case 'remove-value':
      writer.text(record.name);
      return;
    default:
      writeValue(writer, record);
  }
}

function writeValue(writer: ByteWriter, { name, type, data }: SetValue): void {
  writer.text(name);
  if (type === 'delete-entry') {
    writer.number(0);
    return;
  }
  writer.number(type + 1);
  writer.data(data);
}

function writePatch(writer: ByteWriter, { name, type, difference }: PatchValue): void {
  writer.text(name);
  writer.number(type + 1);
  writer.number(difference.before.size);
  writer.raw(Buffer.from(difference.before.digest.slice(-64), 'hex'));
  writer.number(difference.size);
  writer.data(difference.steps);
}

function kindCode(kind: KeyKind): number {
  return kinds.indexOf(kind);
}
