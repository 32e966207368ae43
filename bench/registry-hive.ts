/** The hive that the registry benchmark reads: 200,000 keys and 1,000,000 values, the same on every machine. */
import { foldName, type RegistryKey, type RegistryValue } from '../src/registry/hive.ts';
import { emptyKey } from '../src/registry/key.ts';
import { stringData, toUtf16 } from '../src/registry/utf16.ts';

export const groups = 400;
export const keysPerGroup = 499;
export const keyCount = groups * (1 + keysPerGroup);
export const valuesPerKey = 5;
export const valueCount = keyCount * valuesPerKey;

export function groupName(group: number): string {
  return `Group ${String(group).padStart(4, '0')}`;
}

export function keyName(number: number): string {
  // As those of COM classes, by which most keys of a real hive are named.
  return `{${String(number * 7919).padStart(8, '0')}-0000-4000-8000-00000000${String(number).padStart(4, '0')}}`;
}

/** `changed` of its values, evenly spread, have other data than in the hive without changes. */
export function makeHive(changed: number): RegistryKey {
  let number = 0;
  const every = valueCount / changed;
  const isChanged = (): boolean =>
    changed > 0 && number % every === Math.floor(number / every) % valuesPerKey;
  const values = (): ReadonlyMap<string, RegistryValue> => {
    const map = new Map<string, RegistryValue>();
    for (let at = 0; at < valuesPerKey; at++) {
      map.set(foldName(valueNames[at] ?? ''), makeValue(at, number, isChanged()));
      number++;
    }
    return map;
  };
  const groupKeys = Array.from({ length: groups }, (_, group): RegistryKey => {
    const keys = Array.from({ length: keysPerGroup }, (__, key): RegistryKey => {
      return { ...emptyKey(keyName(key)), values: values() };
    });
    return {
      ...emptyKey(groupName(group)),
      values: values(),
      keys: new Map(keys.map((key) => [foldName(key.name), key])),
    };
  });
  return { ...emptyKey(), keys: new Map(groupKeys.map((key) => [foldName(key.name), key])) };
}

const valueNames = ['', 'InstallLocation', 'Version', 'Flags', 'Categories'];

function makeValue(at: number, number: number, isChanged: boolean): RegistryValue {
  const name = valueNames[at] ?? '';
  const mark = isChanged ? 'changed' : 'first';
  const text = `${mark} ${number}`;
  switch (at) {
    case 0:
      return { name, type: 1, data: stringData(text) };
    case 1:
      return { name, type: 2, data: stringData(`%ProgramFiles%\\Acme\\${text}`) };
    case 2:
      return { name, type: 3, data: new TextEncoder().encode(`${text} of ${valueCount}`) };
    case 3:
      return { name, type: 4, data: Uint8Array.of(number, number >>> 8, number >>> 16, isChanged ? 1 : 0) };
    default:
      return { name, type: 7, data: toUtf16(`one\0two\0${text}\0\0`) };
  }
}
