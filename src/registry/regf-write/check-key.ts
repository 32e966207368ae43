/** Refuses what the format or Windows cannot hold. */
import { type ErrorCode, PatchError } from '../../errors.ts';
import type { KeyAttributes, RegistryKey, RegistryValue } from '../hive.ts';
import { registryLimits } from '../limits.ts';
import { bigDataSince, layeredSince, segmentSize } from '../regf/format.ts';
import { checkSecurity } from './check-security.ts';
import { checkTime } from './check-time.ts';
import type { RegfFormat } from './options.ts';

/** Windows' "standard format" (Microsoft, "Registry element size limits"). */
const largestPlainData = 2 ** 20;
/** A big data record counts its segments in 16 bits. */
const largestBigData = 0xffff * segmentSize;
/** Its length is counted in bytes, in 16 bits. */
const largestClassName = 0x7fff;

/** Where a key stands, before it is planned. */
export interface Place {
  readonly parent: Place | null;
  readonly name: string;
  /** 0: the root. */
  readonly depth: number;
}

export function checkKey(key: RegistryKey, place: Place, format: RegfFormat): void {
  if (place.name === '') throw refused('E_NAME', pathOf(place), 'a key needs a name');
  if (place.name.includes('\\')) throw refused('E_NAME', pathOf(place), 'a key name cannot have a backslash');
  if (place.name.length > registryLimits.keyName) {
    throw tooMuch(pathOf(place), 'UTF-16 code units of its name', place.name.length, registryLimits.keyName);
  }
  if (place.depth > registryLimits.depth) {
    throw tooMuch(pathOf(place), 'keys one in the other', place.depth, registryLimits.depth);
  }
  if (key.kind !== 'key') checkKind(key, place, format);
  if (key.attributes !== undefined) checkAttributes(key.attributes, place);
  if (key.lastWrite !== undefined) checkTime(key.lastWrite, () => pathOf(place));
}

function checkKind(key: RegistryKey, place: Place, format: RegfFormat): void {
  if (format.minor < layeredSince) throw notLayered(pathOf(place), format);
  if (key.kind === 'opaque') return;
  if (place.parent === null) {
    throw refused('E_FORMAT', pathOf(place), 'the root of a hive cannot be a delete entry');
  }
  const { className = '', link } = key.attributes ?? {};
  if (key.values.size > 0 || key.keys.size > 0 || className !== '' || link === true) {
    throw refused('E_FORMAT', pathOf(place), 'a delete entry has neither values, keys nor a class');
  }
}

function checkAttributes({ className = '', security }: KeyAttributes, place: Place): void {
  if (className.length > largestClassName) {
    throw tooMuch(pathOf(place), 'UTF-16 code units of its class', className.length, largestClassName);
  }
  if (security !== undefined) checkSecurity(security, () => pathOf(place));
}

/** Of a key's values: the longest name, in UTF-16 bytes, and the most data, in bytes. Refuses the first bad one. */
export function largestValue(
  key: RegistryKey,
  place: Place,
  format: RegfFormat,
): { readonly name: number; readonly data: number } {
  let name = 0;
  let data = 0;
  for (const value of key.values.values()) {
    checkValue(value, place, format);
    name = Math.max(name, value.name.length * 2);
    data = Math.max(data, value.data.length);
  }
  return { name, data };
}

function checkValue(value: RegistryValue, place: Place, format: RegfFormat): void {
  const { name, type, data } = value;
  if (name.length > registryLimits.valueName) {
    throw tooMuch(
      pathOf(place, value),
      'UTF-16 code units of its name',
      name.length,
      registryLimits.valueName,
    );
  }
  const largestData = format.minor < bigDataSince ? largestPlainData : largestBigData;
  if (data.length > largestData) {
    throw tooMuch(pathOf(place, value), 'bytes of data', data.length, largestData);
  }
  if (type === 'delete-entry') {
    if (format.minor < layeredSince) throw notLayered(pathOf(place, value), format);
    if (data.length > 0) throw refused('E_FORMAT', pathOf(place, value), 'a delete entry has no data');
  } else if (type !== type >>> 0) {
    throw refused('E_FORMAT', pathOf(place, value), `its type ${type} is not a number of 32 bits`);
  }
}

/** For messages; the root is not named. */
function pathOf(place: Place, value?: RegistryValue): string {
  const names: string[] = [];
  for (let at = place; at.parent !== null; at = at.parent) names.unshift(at.name);
  const path = names.length === 0 ? 'the root key' : names.join('\\');
  return value === undefined ? path : `${path}: value "${value.name.slice(0, 255)}"`;
}

function tooMuch(path: string, of: string, count: number, limit: number): PatchError {
  return new PatchError('E_LIMIT', `${path}: ${count} ${of}, a hive can have ${limit}`, {
    entry: path,
    help: 'no Windows can hold it; correct the source',
  });
}

function notLayered(path: string, format: RegfFormat): PatchError {
  const reason = `a regf hive of version 1.${format.minor} cannot carry delete entries`;
  return new PatchError('E_FORMAT', `${path}: ${reason}`, {
    entry: path,
    help: 'write a layered hive (version 1.6) or .reg text, or apply the entry to the hive below first',
  });
}

function refused(code: ErrorCode, path: string, reason: string): PatchError {
  return new PatchError(code, `${path}: ${reason}`, { entry: path });
}
