/** A delta as content that makes the same change when it is imported, as regedit does it. */
import { attributesOf } from '../../registry/attributes.ts';
import type { RegistryDelta } from '../../registry/delta/delta.ts';
import {
  foldName,
  type KeyAttributes,
  type KeyKind,
  type RegistryKey,
  type RegistryValue,
} from '../../registry/hive.ts';

interface OwnKey {
  name: string;
  kind: KeyKind;
  attributes?: KeyAttributes;
  readonly values: Map<string, RegistryValue>;
  readonly keys: Map<string, OwnKey>;
}

/**
 * Keys and values that differ, in `after`'s version; what is not there any more becomes a delete entry, which is how
 * .reg text says that it has to go. Importing knows nothing of the case of names that are there already.
 */
export function importable(delta: RegistryDelta, after: RegistryKey): RegistryKey {
  const root: OwnKey = { name: '', kind: 'key', values: new Map(), keys: new Map() };
  for (const record of delta.records) {
    if (record.op === 'rename-key') continue;
    const key = openKey(root, record.path);
    const now = find(after, record.path);
    if (record.op === 'add-key' || record.op === 'set-kind') become(key, now);
    else if (record.op === 'remove-key') key.kind = 'delete-entry';
    else if (now !== undefined && 'name' in record) setValue(key, now, record.name);
    else if (now !== undefined) key.attributes = attributesOf(now);
  }
  return root;
}

function become(key: OwnKey, now: RegistryKey | undefined): void {
  if (now === undefined) return;
  key.kind = now.kind;
  key.attributes = attributesOf(now);
  // Importing `[-KEY]` takes everything, so all of it has to stand behind that again.
  if (now.kind === 'opaque') copyInto(key, now);
}

function copyInto(key: OwnKey, from: RegistryKey): void {
  for (const [folded, value] of from.values) key.values.set(folded, value);
  for (const [folded, child] of from.keys) {
    const { name, kind } = child;
    const copy = { name, kind, attributes: attributesOf(child), values: new Map(), keys: new Map() };
    copyInto(copy, child);
    key.keys.set(folded, copy);
  }
}

function setValue(key: OwnKey, now: RegistryKey, name: string): void {
  const folded = foldName(name);
  const value = now.values.get(folded);
  key.values.set(folded, value ?? { name, type: 'delete-entry', data: new Uint8Array(0) });
}

function openKey(root: OwnKey, path: readonly string[]): OwnKey {
  let key = root;
  for (const name of path) {
    const child = key.keys.get(foldName(name)) ?? { name, kind: 'key', values: new Map(), keys: new Map() };
    key.keys.set(foldName(name), child);
    key = child;
  }
  return key;
}

function find(key: RegistryKey, path: readonly string[]): RegistryKey | undefined {
  let found: RegistryKey | undefined = key;
  for (const name of path) found = found?.keys.get(foldName(name));
  return found;
}
