/** Reads .reg text (Microsoft KB 310516; FORMAT §3.4). The model keeps all that the text says, delete entries too. */
import type { Registry } from '../hive.ts';
import { overLimit, type RegistryLimits, registryLimits } from '../limits.ts';
import {
  atLineEnd,
  code,
  type Cursor,
  endStatement,
  failAt,
  lineOf,
  readQuoted,
  skipBlanks,
  skipToLineEnd,
} from './reg-scanner.ts';
import { readAttributes } from './reg-attributes.ts';
import { openRegText } from './reg-text.ts';
import { createRegTree, type GrowingKey, type RegTree } from './reg-tree.ts';
import { readData } from './reg-value.ts';
import { type KeyPath, resolveRoot, rootsExpected } from '../roots.ts';

export interface ParseRegOptions extends Partial<RegistryLimits> {
  /**
   * The code page of REGEDIT4 text, by a name that TextDecoder knows; windows-1252 if not given. It is also tried for
   * version 5 text that is neither UTF-16 nor UTF-8.
   */
  readonly codePage?: string;
}

/**
 * Reads a .reg file of version 5 (UTF-16LE or UTF-8, with or without a mark) or REGEDIT4 (ANSI). Keys that occur again
 * are merged and the last value wins, as when regedit imports the text; unlike regedit, which skips lines that it does
 * not understand, this refuses them. E_FORMAT with the line and what was expected there, E_LIMIT, and E_USAGE for an
 * unknown code page.
 */
export function parseReg(data: Uint8Array, options: ParseRegOptions = {}): Registry {
  const limits = { ...registryLimits, ...options };
  const { text, start, ansi } = openRegText(data, limits.size, options.codePage);
  const cursor: Cursor = { text, at: start };
  const tree = createRegTree(limits);
  let key: GrowingKey | null = null;
  for (;;) {
    skipBlanks(cursor);
    if (cursor.at >= text.length) return tree.hives;
    const unit = text.charCodeAt(cursor.at);
    if (atLineEnd(cursor)) cursor.at++;
    else if (unit === code.semicolon) skipToLineEnd(cursor);
    else if (unit === code.bracket) key = readKey(cursor, tree, limits);
    else if (unit === code.quote || unit === code.at) {
      if (key === null)
        return failAt(text, cursor.at, 'a key in brackets that is not deleted, before this value');
      const name = readName(cursor, limits.valueName);
      tree.set(key, name, readData(cursor, ansi, limits.valueData));
    } else failAt(text, cursor.at, 'a key in brackets, a value or a comment');
  }
}

/** `[KEY]` gives the key, `[-KEY]` null. */
function readKey(cursor: Cursor, tree: RegTree, limits: RegistryLimits): GrowingKey | null {
  const { text, at: opening } = cursor;
  skipToLineEnd(cursor);
  // A key's name may have brackets in it: only the line's last one closes.
  const closing = text.lastIndexOf(']', cursor.at - 1);
  if (closing <= opening) failAt(text, opening, 'a closing bracket in this line');
  cursor.at = closing + 1;
  endStatement(cursor);
  const removes = text.charCodeAt(opening + 1) === code.minus;
  const path = readPath(text, removes ? opening + 2 : opening + 1, closing, limits);
  if (removes) {
    tree.remove(path);
    return null;
  }
  const key = tree.open(path);
  const attributes = readAttributes(cursor, limits, () => {
    const names = path.names.slice(0, -1);
    return path.names.length === 0 ? undefined : tree.open({ root: path.root, names }).attributes?.security;
  });
  if (attributes !== null) tree.describe(key, attributes);
  return key;
}

function readPath(text: string, from: number, to: number, limits: RegistryLimits): KeyPath {
  let end = to;
  // Regedit takes a path that ends in backslashes for the same without them.
  while (end > from && text.charCodeAt(end - 1) === code.backslash) end--;
  if (end - from > (limits.depth + 2) * (limits.keyName + 1)) {
    throw overLimit(`line ${lineOf(text, from)}: the key is nested too deep`, limits.depth);
  }
  const path = resolveRoot(text.slice(from, end).split('\\'));
  if (path === null) return failAt(text, from, rootsExpected);
  if (path.names.length > limits.depth) {
    throw overLimit(`line ${lineOf(text, from)}: the key is nested too deep`, limits.depth);
  }
  for (const name of path.names) {
    if (name === '') failAt(text, from, 'a name between two backslashes');
    if (name.length > limits.keyName) {
      throw overLimit(`line ${lineOf(text, from)}: a key's name is too long`, limits.keyName);
    }
  }
  return path;
}

/** A value's name and the equals sign behind it; `@` is the default value, whose name is empty. */
function readName(cursor: Cursor, limit: number): string {
  const { text } = cursor;
  let name = '';
  if (text.charCodeAt(cursor.at) === code.at) cursor.at++;
  else name = readQuoted(cursor, limit, "the value's name");
  skipBlanks(cursor);
  if (text.charCodeAt(cursor.at) !== code.equals) failAt(text, cursor.at, '= behind the name');
  cursor.at++;
  skipBlanks(cursor);
  return name;
}
