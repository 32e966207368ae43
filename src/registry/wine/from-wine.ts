/** From Wine's sections to the model of a hive. */
import { attributesWith } from '../attributes.ts';
import { foldName, type KeyAttributes, type RegistryKey, type RegistryValue } from '../hive.ts';
import { overLimit, type RegistryLimits, registryLimits } from '../limits.ts';
import { fileTimeOf } from './filetime.ts';
import type { WineRegistry, WineSection } from './wine-registry.ts';

/** A key that still grows. */
interface Growing extends RegistryKey {
  attributes?: KeyAttributes;
  lastWrite?: bigint;
  readonly values: Map<string, RegistryValue>;
  readonly keys: Map<string, Growing>;
}

/**
 * The hive of such a file: its root, with the keys that the file implies. A key that is there twice is one, and the last
 * of two values counts, as for Wine; the way in which a name is written first stays. Keys that are implied have no time.
 * E_LIMIT for more keys than allowed, implied ones included.
 */
export function fromWine(registry: WineRegistry, options: Partial<RegistryLimits> = {}): RegistryKey {
  const limit = options.keys ?? registryLimits.keys;
  let count = 0;
  const make = (name: string): Growing => {
    if (++count > limit) throw overLimit('too many keys', limit);
    return { name, kind: 'key', values: new Map(), keys: new Map() };
  };
  const root = make('');
  for (const section of registry.sections) {
    let key = root;
    for (const name of section.path) {
      const folded = foldName(name);
      const next: Growing = key.keys.get(folded) ?? make(name);
      key.keys.set(folded, next);
      key = next;
    }
    fill(key, section);
  }
  return root;
}

function fill(key: Growing, { className, link, time, seconds, values }: WineSection): void {
  if (className !== null || link) {
    key.attributes = attributesWith(key.attributes, {
      ...(className !== null && { className }),
      ...(link && { link }),
    });
  }
  const written = time ?? (seconds === null ? null : fileTimeOf(seconds));
  if (written !== null) key.lastWrite ??= written;
  for (const value of values) {
    const folded = foldName(value.name);
    const present = key.values.get(folded);
    key.values.set(folded, present === undefined ? value : { ...value, name: present.name });
  }
}
