/**
 * Writes the canonical .reg text (FORMAT §3.4): version 5, UTF-16LE with its mark, CR LF, every key in canonical order.
 * Regedit imports it; a hive's digest is the digest of this text, so two hives have the same text only if they are equal.
 */
import { PatchError } from '../../errors.ts';
import { attributesOf } from '../attributes.ts';
import { foldName, type HiveRoot, hiveRoots, type Registry, type RegistryKey } from '../hive.ts';
import { inOrder } from '../key.ts';
import { overLimit, registryLimits } from '../limits.ts';
import { attributeLines } from './reg-attributes.ts';
import { lineEnd, valueLine } from './reg-line.ts';
import { versionLine } from './reg-text.ts';
import { rootPaths, templateName } from '../roots.ts';

/** Takes text line by line, since one string of a whole hive could be longer than JavaScript allows. */
interface Output {
  add(text: string): void;
  bytes(): Uint8Array;
}

const pieceSize = 1 << 20;

/**
 * The text of all hives that the registry has, in the order of `hiveRoots`. E_NAME for a name that .reg text cannot
 * carry, E_LIMIT for keys that are nested deeper than Windows allows and for text above the size that a reader takes.
 */
export function formatReg(registry: Registry): Uint8Array {
  const output = createOutput();
  for (const root of hiveRoots) {
    const key = registry.get(root);
    if (key !== undefined) writeKey(output, root, key, rootPaths[root], 0, undefined);
  }
  return output.bytes();
}

/** The text of one hive. It always has the line of the hive's root, so that an empty hive is not the same as none. */
export function formatHive(root: HiveRoot, key: RegistryKey): Uint8Array {
  return formatReg(new Map([[root, key]]));
}

function writeKey(
  output: Output,
  root: HiveRoot,
  key: RegistryKey,
  path: string,
  depth: number,
  above: Uint8Array | undefined,
): void {
  if (depth > registryLimits.depth) {
    throw overLimit(`${path}: the key is nested too deep`, registryLimits.depth);
  }
  if (key.kind !== 'key') output.add(`[-${path}]${lineEnd}${lineEnd}`);
  if (key.kind === 'delete-entry') return;
  const security = checkAttributes(key, path);
  output.add(`[${path}]${lineEnd}${attributeLines(key, above)}`);
  for (const value of inOrder(key.values)) {
    if (value.name.length > registryLimits.valueName) refuseName(path, value.name, 'is too long');
    output.add(valueLine(value) + lineEnd);
  }
  output.add(lineEnd);
  for (const child of inOrder(key.keys)) {
    const problem = nameProblem(child.name, root, depth);
    if (problem !== null) refuseName(path, child.name, problem);
    writeKey(output, root, child, `${path}\\${child.name}`, depth + 1, security);
  }
}

/** Gives the key's security descriptor. E_LIMIT for what a reader would refuse. */
function checkAttributes(key: RegistryKey, path: string): Uint8Array | undefined {
  if (key.attributes === undefined) return undefined;
  const { className = '', security } = attributesOf(key);
  const limits = registryLimits;
  if (className.length > limits.className)
    throw overLimit(`${path}: the class is too long`, limits.className);
  if (security !== undefined && security.length > limits.security) {
    throw overLimit(`${path}: the security descriptor is too long`, limits.security);
  }
  return security;
}

/** Why a key's name cannot stand in .reg text, or null. */
function nameProblem(name: string, root: HiveRoot, depth: number): string | null {
  if (name === '') return 'is empty';
  if (name.includes('\\')) return 'has a backslash';
  // There is no escape for them, and a line that is not closed would change what the next ones mean.
  if (/[\r\n]/.test(name)) return 'has a line break';
  if (name.length > registryLimits.keyName) return 'is too long';
  if (root === 'users' && depth === 0 && foldName(name) === templateName) {
    return 'is the template for new users, which is a hive of its own';
  }
  return null;
}

function refuseName(path: string, name: string, problem: string): never {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  throw new PatchError('E_NAME', `${path}: the name ${shown} ${problem}`, {
    entry: path,
    help: 'leave the key out with a volatile rule',
  });
}

function createOutput(): Output {
  const done: Buffer[] = [];
  let piece = Buffer.allocUnsafe(pieceSize);
  let used = 0;
  let size = 0;
  const flush = (): void => {
    if (size > registryLimits.size) throw overLimit('registry text: it is too large', registryLimits.size);
    done.push(piece.subarray(0, used));
  };
  const add = (text: string): void => {
    const length = text.length * 2;
    if (length > piece.length - used) {
      flush();
      piece = Buffer.allocUnsafe(Math.max(pieceSize, length));
      used = 0;
    }
    used += piece.write(text, used, 'utf16le');
    size += length;
  };
  add(`\ufeff${versionLine}${lineEnd}${lineEnd}`);
  return {
    add,
    bytes: () => {
      flush();
      const all = Buffer.concat(done);
      return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
    },
  };
}
