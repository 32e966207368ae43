/** Names in the index (FORMAT §5.1): each as what it has in common with the one before, and the rest. */
import { tooLarge } from '../bytes.ts';
import { malformed } from './schema.ts';
import type { WireReader, WireWriter } from './wire.ts';

/** All lengths of what a name has in common with the one before, then all rests. */
export function writeNames(out: WireWriter, names: readonly string[]): void {
  const all = names.map((name) => Buffer.from(name));
  const shared = all.map((name, index) => commonLength(all[index - 1], name));
  shared.forEach((length) => out.number(length));
  all.forEach((name, index) => {
    out.bytes(name.subarray(shared[index]));
    out.bytes(Uint8Array.of(0));
  });
}

/**
 * `what` is the subject of errors. E_FORMAT, and E_LIMIT where the names, written out, have more than `limit` bytes: a few bytes may stand
 * for a long name.
 */
export function readNames(from: WireReader, count: number, limit: number, what: string): string[] {
  const shared = Array.from({ length: count }, () => from.number());
  let last = Buffer.alloc(0);
  let total = 0;
  return shared.map((length) => {
    if (length > last.length) throw malformed(what, 'a name shares more than there is');
    const rest = from.until(0);
    total += length + rest.length;
    if (total > limit) throw tooLarge('the list of names', total, limit);
    last = Buffer.concat([last.subarray(0, length), rest]);
    const name = last.toString();
    if (!Buffer.from(name).equals(last)) throw malformed(what, 'a name is not valid UTF-8');
    return name;
  });
}

function commonLength(a: Buffer | undefined, b: Buffer): number {
  let length = 0;
  while (a && length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
