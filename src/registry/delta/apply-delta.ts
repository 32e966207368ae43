/** Makes the target hive of the base hive. */
import { PatchError } from '../../errors.ts';
import { attributesOf, attributesWith } from '../attributes.ts';
import { applyDifference } from './data-difference.ts';
import type { DeltaRecord, RegistryDelta, SetAttribute, ValueRecord } from './delta.ts';
import { foldName, type KeyAttributes, type KeyKind, type RegistryKey, type RegistryValue } from '../hive.ts';
import { keyWith } from '../key.ts';

interface OwnKey {
  name: string;
  kind: KeyKind;
  attributes?: KeyAttributes;
  readonly values: Map<string, RegistryValue>;
  readonly keys: Map<string, RegistryKey>;
}

/**
 * Applies a delta. Only the keys on the way to a change are copied; `before` stays as it is. What the delta does not
 * mention stays too (values that are this machine's own, for example), except in a key that the delta removes.
 * E_BASE_MISMATCH names the first key or value that is not as the delta needs it.
 */
export function applyDelta(before: RegistryKey, delta: RegistryDelta): RegistryKey {
  // Our own copies, by themselves: a key that is in here may be changed.
  const own = new Map<RegistryKey, OwnKey>();
  const root = copyOf(before);
  // The way to the key of the record before: the next one shares most of it.
  let names: readonly string[] = [];
  let opened: OwnKey[] = [root];

  function copyOf(key: RegistryKey): OwnKey {
    const copy: OwnKey = { ...keyWith(key, {}), values: new Map(key.values), keys: new Map(key.keys) };
    own.set(copy, copy);
    return copy;
  }

  function open(path: readonly string[]): OwnKey {
    if (path === names) return opened.at(-1) ?? root;
    let depth = 0;
    while (depth < path.length && depth < names.length && path[depth] === names[depth]) depth++;
    opened = opened.slice(0, depth + 1);
    names = path;
    let key = opened.at(-1) ?? root;
    for (; depth < path.length; depth++) {
      const folded = foldName(path[depth] ?? '');
      const child = key.keys.get(folded);
      if (child === undefined) throw mismatch(path.slice(0, depth + 1), 'the key is not there');
      const next = own.get(child) ?? copyOf(child);
      key.keys.set(folded, next);
      opened.push(next);
      key = next;
    }
    return key;
  }

  for (const record of delta.records) change(record, open);
  return root;
}

function change(record: DeltaRecord, open: (path: readonly string[]) => OwnKey): void {
  switch (record.op) {
    case 'add-key':
    case 'remove-key':
      changeChildren(record, open(record.path.slice(0, -1)));
      return;
    case 'rename-key': {
      const key = open(record.path);
      if (key.name !== record.from)
        throw mismatch(record.path, `the key's name is written ${shown(key.name)}`);
      key.name = record.path.at(-1) ?? '';
      return;
    }
    case 'set-kind': {
      const key = open(record.path);
      if (key.kind !== record.before) throw mismatch(record.path, `the key is of kind ${key.kind}`);
      key.kind = record.after;
      if (record.before === 'delete-entry' || record.after === 'delete-entry') key.attributes = {};
      if (record.after !== 'delete-entry') return;
      key.values.clear();
      key.keys.clear();
      return;
    }
    case 'set-link':
    case 'set-class':
    case 'set-security':
      changeAttributes(record, open(record.path));
      return;
    default:
      changeValues(record, open(record.path));
  }
}

function changeChildren(record: DeltaRecord & { op: 'add-key' | 'remove-key' }, parent: OwnKey): void {
  const { path } = record;
  const name = path.at(-1);
  if (name === undefined) throw new PatchError('E_FORMAT', `${record.op} of the hive's root`);
  const folded = foldName(name);
  const present = parent.keys.has(folded);
  if (record.op === 'remove-key') {
    if (!present) throw mismatch(path, 'the key is not there');
    parent.keys.delete(folded);
    return;
  }
  if (present) throw mismatch(path, 'the key is there already');
  if (parent.kind === 'delete-entry') throw mismatch(path, 'the key above is a delete entry');
  parent.keys.set(folded, { name, kind: record.kind, values: new Map(), keys: new Map() });
}

function changeAttributes(record: SetAttribute, key: OwnKey): void {
  const { path } = record;
  if (key.kind === 'delete-entry') throw mismatch(path, 'the key is a delete entry');
  const { className = '', link = false, ...rest } = attributesOf(key);
  if (record.op === 'set-link' && link === record.link) {
    throw mismatch(path, `the key is ${link ? 'a symbolic link already' : 'no symbolic link'}`);
  }
  if (record.op === 'set-class' && className !== record.from) {
    throw mismatch(path, `the key is of the class ${shown(className)}`);
  }
  key.attributes = attributesWith(rest, {
    link: record.op === 'set-link' ? record.link : link,
    className: record.op === 'set-class' ? record.to : className,
    ...(record.op === 'set-security' && { security: record.security }),
  });
}

function changeValues(record: ValueRecord, key: OwnKey): void {
  const { path } = record;
  const folded = foldName(record.name);
  const present = key.values.get(folded);
  if (record.op === 'add-value') {
    if (present !== undefined) throw mismatch(path, `the value ${shown(record.name)} is there already`);
    if (key.kind === 'delete-entry') throw mismatch(path, 'the key is a delete entry');
  } else if (present === undefined) throw mismatch(path, `the value ${shown(record.name)} is not there`);
  if (record.op === 'remove-value') {
    key.values.delete(folded);
    return;
  }
  const { name, type } = record;
  const data =
    record.op === 'patch-value' ? present && applyDifference(present.data, record.difference) : record.data;
  if (!data) throw mismatch(path, `the value ${shown(name)} has other data`);
  key.values.set(folded, { name, type, data });
}

function mismatch(path: readonly string[], problem: string): PatchError {
  const entry = path.join('\\');
  return new PatchError('E_BASE_MISMATCH', `registry key ${shown(entry)}: ${problem}`, {
    entry,
    help: 'the patch was made for another state of this hive; repair or reinstall the layer',
  });
}

function shown(text: string): string {
  return JSON.stringify(text);
}
