/** References in the index (FORMAT §5.1): files of the base that payloads are coded against. */
import { tooLarge } from '../bytes.ts';
import type { Change, Reference } from './change.ts';
import { malformed } from './schema.ts';
import type { WireReader, WireWriter } from './wire.ts';

/** The changes, and the place among them of each that takes a file of the base away or changes it, by its name there. */
export type Places = ReadonlyMap<string, number> & { readonly changes: readonly Change[] };

/** The place of the change that takes a file of the base away or changes it, by the file's name there. */
export function placesOf(changes: readonly Change[]): Places {
  const places = new Map<string, number>();
  changes.forEach((change, index) => {
    if (change.before?.type === 'file') places.set(change.kind === 'move' ? change.from : change.name, index);
  });
  return Object.assign(places, { changes });
}

/** A file that the patch changes anyway is said by its place among the changes, from the last one on. */
export function writeReferences(
  out: WireWriter,
  references: readonly Reference[],
  places: Places,
  check: number,
): void {
  out.number(references.length);
  let expected = 0;
  for (const { name, size, digest } of references) {
    const place = places.get(name);
    if (place === undefined) {
      out.number(0);
      out.text(name);
      out.number(size);
      out.digest(digest, check);
      continue;
    }
    const step = place - expected;
    out.number(step >= 0 ? step * 2 + 1 : -step * 2);
    expected = place + 1;
  }
}

/** `what` is the subject of errors. E_FORMAT, and E_LIMIT for more than `most`. */
export function readReferences(
  from: WireReader,
  places: Places,
  check: number,
  most: number,
  what: string,
): Reference[] {
  const count = from.number();
  // A reference takes a byte at least.
  if (count > from.left()) throw malformed(what, 'it is cut off');
  if (count > most) throw tooLarge('the list of references', count, most);
  let expected = 0;
  return Array.from({ length: count }, () => {
    const step = from.number();
    if (step === 0) {
      const name = from.text();
      if (places.has(name)) throw malformed(what, `the reference ${name} is among the changes`);
      return { name: name as Reference['name'], size: from.number(), digest: from.digest(check) }; // checked by the schema
    }
    const place = expected + (step % 2 === 1 ? (step - 1) / 2 : -step / 2);
    const change = places.changes[place];
    if (change?.before?.type !== 'file')
      throw malformed(what, `a reference is to change ${place}, which has no file before`);
    expected = place + 1;
    const { size, digest } = change.before;
    return { name: change.kind === 'move' ? change.from : change.name, size, digest };
  });
}
