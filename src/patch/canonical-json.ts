/** Canonical JSON (RFC 8785): one meaning has one form (FORMAT §1). */
import { PatchError } from '../errors.ts';

/** The canonical form of a JSON value in UTF-8. E_FORMAT for what has none (NaN, half a surrogate pair, a cycle). */
export function toCanonicalJson(value: unknown): Uint8Array {
  return Buffer.from(canonicalText(value, 'the value'));
}

/**
 * Reads canonical JSON. E_FORMAT, with `what` as the subject of the message, for bytes that are not UTF-8, not JSON,
 * not canonical, or nested deeper than `maxDepth`; E_LIMIT for more values than their size allows (FORMAT §8).
 */
export function fromCanonicalJson(data: Uint8Array, what: string, maxDepth = 32): unknown {
  // Before JSON.parse and everything else that recurses, so that no nesting can exhaust the stack.
  const { depth, values } = shapeOf(data, maxDepth);
  if (depth > maxDepth) {
    throw new PatchError('E_FORMAT', `${what} is nested more than ${maxDepth} levels deep`, { help });
  }
  if (values > valuesIn(data.length)) {
    throw new PatchError('E_LIMIT', `${what} has too many values: ${values} in ${data.length} bytes`, {
      help,
    });
  }
  const text = decode(data, what);
  const value = parse(text, what);
  if (!isPlainlyCanonical(value, text) && canonicalText(value, what) !== text) {
    throw new PatchError('E_FORMAT', `${what} is not canonical JSON (RFC 8785)`, { help });
  }
  return value;
}

const help = 'get the patch again; it was damaged, or written by something else';

/** Deeper nesting than this has no use in a patch; it also stops a cycle. */
const deepest = 64;

function canonicalText(value: unknown, what: string): string {
  const none = (reason: string): PatchError => {
    return new PatchError('E_FORMAT', `${what} has no canonical JSON form: ${reason}`);
  };
  // For a number and a well-formed string, RFC 8785 §3.2.2 prescribes what JSON.stringify writes.
  const write = (one: unknown, depth: number): string => {
    if (depth > deepest) throw none(`it is nested more than ${deepest} levels deep`);
    if (one === null || typeof one === 'boolean') return String(one);
    if (typeof one === 'number' && Number.isFinite(one)) return JSON.stringify(one);
    if (typeof one === 'string') {
      if (!one.isWellFormed()) throw none('a text has half of a surrogate pair');
      return JSON.stringify(one);
    }
    if (Array.isArray(one)) return `[${one.map((inner) => write(inner, depth + 1)).join(',')}]`;
    if (typeof one !== 'object') throw none(`${typeof one} is no JSON value`);
    // RFC 8785 §3.2.3: by UTF-16 code units, as `sort` does without being told how.
    const fields = Object.entries(one).filter(([, inner]) => inner !== undefined);
    const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, inner]) => `${write(key, depth)}:${write(inner, depth + 1)}`).join(',')}}`;
  };
  return write(value, 0);
}

function decode(data: Uint8Array, what: string): string {
  try {
    // ignoreBOM keeps a byte-order mark in the text, where JSON.parse refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch (cause) {
    throw new PatchError('E_FORMAT', `${what} is not valid UTF-8`, { cause, help });
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new PatchError('E_FORMAT', `${what} is not valid JSON`, { cause, help });
  }
}

/**
 * A check that never says yes wrongly and takes a tenth of the time: RFC 8785 prescribes what JSON.stringify writes,
 * apart from the order of keys and from halves of surrogate pairs, which JSON.stringify writes as `\ud…`.
 */
function isPlainlyCanonical(value: unknown, text: string): boolean {
  return keysAreSorted(value) && JSON.stringify(value) === text && !text.includes('\\ud');
}

function keysAreSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(keysAreSorted);
  let last: string | undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (last !== undefined && key <= last) return false;
    if (!keysAreSorted(inner)) return false;
    last = key;
  }
  return true;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/**
 * A value in memory is many times larger than the three bytes of `[],`, of which a compressed index of a few hundred
 * bytes has ninety million. In records that mean anything a value has more than ten bytes.
 */
function valuesIn(size: number): number {
  return 65_536 + size / 10;
}

interface Shape {
  /** How deep brackets outside of strings nest; counting ends where it is more than was asked for. */
  readonly depth: number;
  /** At least as many as there are. */
  readonly values: number;
}

/** Right for all JSON; for anything else it does not matter. */
function shapeOf(data: Uint8Array, maxDepth: number): Shape {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < data.length; at++) {
    const byte = data[at];
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma) values++;
    else if (byte === 0x5b || byte === 0x7b) {
      values++;
      if (++depth > maxDepth) return { depth, values };
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return { depth: 0, values };
}
