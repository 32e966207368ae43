/**
 * A second, deliberately plain reader that believes nothing: every byte of every bin belongs to one cell, every used
 * cell is reached exactly once (a security cell as often as it counts), and every number is what it should be.
 */
import { expect } from 'chai';
import { foldName, type RegistryKey, type RegistryValue } from '../../../src/registry/hive.ts';

const none = 0xffffffff;

/** As `expect(actual).to.equal(expected)`, which is too slow to ask of every cell. */
function same<T>(actual: T, expected: T, what: string): void {
  if (actual !== expected) expect(actual, what).to.equal(expected);
}

interface Found {
  readonly key: RegistryKey;
  readonly at: number;
  readonly classSize: number;
}

export interface Walked {
  readonly root: RegistryKey;
  readonly rootName: string;
  readonly minor: number;
  /** How many cells of each two-letter record there are. */
  readonly records: ReadonlyMap<string, number>;
  /** Bytes of free cells. */
  readonly free: number;
}

export function walkHive(file: Uint8Array): Walked {
  const all = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const minor = checkBaseBlock(all);
  const view = new DataView(file.buffer, file.byteOffset + 4096, file.byteLength - 4096);
  const bytes = file.subarray(4096);
  const { used, free } = walkBins(view);
  const layered = minor >= 6;
  const reached = new Map<number, number>();
  const records = new Map<string, number>();

  function cell(at: number, least: number): number {
    const size = used.get(at);
    if (size === undefined || size - 4 < least) throw new Error(`no used cell of ${least} bytes at ${at}`);
    reached.set(at, (reached.get(at) ?? 0) + 1);
    return at + 4;
  }
  function record(at: number, least: number, ...names: string[]): { at: number; name: string } {
    const start = cell(at, least);
    const name = latin1(start, 2);
    same(names.includes(name), true, name);
    if (reached.get(at) === 1) records.set(name, (records.get(name) ?? 0) + 1);
    return { at: start, name };
  }
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const latin1 = (at: number, size: number): string =>
    Buffer.from(bytes.subarray(at, at + size)).toString('latin1');
  const utf16 = (at: number, size: number): string =>
    Buffer.from(bytes.subarray(at, at + size)).toString('utf16le');
  const offsets = (at: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => u32(at + i * 4));

  function name(at: number, size: number, compressed: boolean): string {
    const text = compressed ? latin1(at, size) : utf16(at, size);
    const fits = /^[\u0000-\u00ff]+$/.test(text);
    same(compressed, fits, 'compressed where possible');
    return text;
  }

  function data(size: number, at: number): Uint8Array {
    if (size <= 16_344 || minor < 4) {
      const start = cell(at, size);
      return bytes.slice(start, start + size);
    }
    const { at: db } = record(at, 8, 'db');
    const count = u16(db + 2);
    same(count, Math.ceil(size / 16_344), 'segments');
    const parts = offsets(cell(u32(db + 4), count * 4), count).map((segment, index) => {
      const part = Math.min(16_344, size - index * 16_344);
      const start = cell(segment, part);
      return bytes.slice(start, start + part);
    });
    return Buffer.concat(parts);
  }

  function value(offset: number): RegistryValue {
    const { at } = record(offset, 20, 'vk');
    const size = u32(at + 4);
    const flags = u16(at + 16);
    const found = name(at + 20, u16(at + 2), (flags & 1) !== 0);
    same(u16(at + 18), 0, 'spare');
    if ((flags & 2) !== 0) {
      expect([layered, size, u32(at + 8), u32(at + 12)]).to.deep.equal([true, 0, none, 0]);
      return { name: found, type: 'delete-entry', data: new Uint8Array(0) };
    }
    same(flags & ~1, 0, 'flags of a value');
    same(size >= 0x80000000, size % 0x80000000 <= 4, 'inline');
    const inline = size >= 0x80000000 ? bytes.slice(at + 8, at + 8 + (size - 0x80000000)) : null;
    return { name: found, type: u32(at + 12), data: Uint8Array.from(inline ?? data(size, u32(at + 8))) };
  }

  function leaf(offset: number): { at: number; hint: number | null; kind: string }[] {
    const { at, name: kind } = record(offset, 4, 'lh', 'lf', 'li');
    const step = kind === 'li' ? 4 : 8;
    return Array.from({ length: u16(at + 2) }, (_, i) => {
      const element = at + 4 + i * step;
      return { at: u32(element), hint: step === 4 ? null : u32(element + 4), kind };
    });
  }

  function subkeys(offset: number, count: number, parent: number): Found[] {
    if (count === 0) same(offset, none, 'list of no subkeys');
    if (count === 0) return [];
    const top = cell(offset, 4);
    reached.delete(offset);
    let list = [];
    if (latin1(top, 2) === 'ri') {
      const { at } = record(offset, 4, 'ri');
      const leaves = offsets(at + 4, u16(at + 2)).map(leaf);
      expect(leaves.length).to.be.greaterThan(1);
      for (const some of leaves) expect(some.length).to.be.within(1, 507);
      list = leaves.flat();
    } else list = leaf(offset);
    same(list.length, count, 'length of the list');
    let last: string | null = null;
    return list.map(({ at, hint, kind }) => {
      const found = key(at, parent);
      const upper = foldName(found.key.name);
      if (last !== null) same(last < upper, true, 'sorted');
      last = upper;
      if (minor >= 5) same(kind, 'lh', 'kind of leaf');
      else same(kind, count > 507 ? 'li' : 'lf', 'kind of leaf');
      if (kind === 'lh') same(hint, slowHash(upper), 'hash');
      if (kind === 'lf') same(hint, slowHint(found.key.name), 'hint');
      return found;
    });
  }

  function security(offset: number): Uint8Array {
    const { at } = record(offset, 20, 'sk');
    const size = u32(at + 16);
    same(used.get(offset)! - 24 >= size, true, 'size of the descriptor');
    same(u32(u32(at + 4) + 4 + 8), offset, 'back from the next');
    same(u32(u32(at + 8) + 4 + 4), offset, 'on from the previous');
    return bytes.slice(at + 20, at + 20 + size);
  }

  function key(offset: number, parent: number): Found {
    const { at } = record(offset, 76, 'nk');
    const flags = u16(at + 2);
    same(flags & ~0x30, parent === none ? 0x0c : 0, `flags of ${offset}`);
    same(u32(at + 16), parent, 'parent');
    const values =
      u32(at + 36) === 0 ? [] : offsets(cell(u32(at + 40), u32(at + 36) * 4), u32(at + 36)).map(value);
    if (values.length === 0) same(u32(at + 40), none, 'list of no values');
    const keys = subkeys(u32(at + 28), u32(at + 20), offset);
    same(u32(at + 24), 0, 'volatile subkeys');
    same(u32(at + 32), none, 'list of volatile subkeys');
    same(u32(at + 68), 0, 'work var');
    const classSize = u16(at + 74);
    if (classSize === 0) same(u32(at + 48), none, 'class of none');
    const className = classSize === 0 ? undefined : utf16(cell(u32(at + 48), classSize), classSize);

    const most = (sizes: number[]): number => sizes.reduce((a, b) => Math.max(a, b), 0);
    same(u32(at + 52), most(keys.map((found) => found.key.name.length * 2)), 'largest subkey');
    same(u32(at + 56), most(keys.map((found) => found.classSize)), 'largest class');
    same(u32(at + 60), most(values.map((found) => found.name.length * 2)), 'largest value name');
    same(u32(at + 64), most(values.map((found) => found.data.length)), 'largest data');

    const layer = u32(at + 12) >>> 8;
    same(layered ? [0, 0x80, 1, 3].includes(layer) : u32(at + 12) === 0, true, 'layered key bits');
    const attributes = {
      ...(className === undefined ? {} : { className }),
      security: security(u32(at + 44)),
      ...((flags & 0x10) === 0 ? {} : { link: true as const }),
    };
    const found: RegistryKey = {
      attributes,
      lastWrite: view.getBigUint64(at + 4, true),
      name: name(at + 76, u16(at + 72), (flags & 0x20) !== 0),
      kind: (layer & 3) === 1 ? 'delete-entry' : (layer & 3) === 3 ? 'opaque' : 'key',
      values: new Map(values.map((one) => [foldName(one.name), one])),
      keys: new Map(keys.map((one) => [foldName(one.key.name), one.key])),
    };
    return { key: found, at: offset, classSize };
  }

  const root = key(all.getUint32(36, true), none).key;
  expect([...used.keys()].filter((at) => !reached.has(at))).to.deep.equal([]);
  for (const [at, times] of reached) {
    const shared = latin1(at + 4, 2) === 'sk' && times > 1;
    same(times, shared ? u32(at + 4 + 12) : 1, `references to ${at}`);
  }
  same(all.getBigUint64(12, true), root.lastWrite, 'time');
  return { root: { ...root, name: '' }, rootName: root.name, minor, records, free };
}

function checkBaseBlock(all: DataView): number {
  same(all.getUint32(0), 0x72656766, 'regf');
  expect([all.getUint32(4, true), all.getUint32(20, true), all.getUint32(28, true)]).to.deep.equal([1, 1, 0]);
  same(all.getUint32(8, true), all.getUint32(4, true), 'equal sequence numbers');
  expect([all.getUint32(32, true), all.getUint32(44, true)]).to.deep.equal([1, 1]);
  same(all.getUint32(40, true), all.byteLength - 4096, 'size of the bins');
  let sum = 0n;
  for (let at = 0; at < 508; at += 4) sum ^= BigInt(all.getUint32(at, true));
  same(BigInt(all.getUint32(508, true)), sum, 'checksum');
  const minor = all.getUint32(24, true);
  same(all.getUint32(144, true), minor === 6 ? 2 : 0, 'flags');
  return minor;
}

/** Sizes of the used cells by their offset. */
function walkBins(view: DataView): { used: Map<number, number>; free: number } {
  const used = new Map<number, number>();
  let free = 0;
  for (let bin = 0; bin < view.byteLength;) {
    same(view.getUint32(bin), 0x6862696e, 'hbin');
    same(view.getUint32(bin + 4, true), bin, 'offset of a bin');
    const size = view.getUint32(bin + 8, true);
    same(size % 4096, 0, 'whole pages');
    let at = bin + 32;
    let before = 0;
    while (at < bin + size) {
      const cell = view.getInt32(at, true);
      same(cell !== 0 && cell % 8 === 0, true, `size ${cell} of a cell`);
      same(before > 0, false, 'a free cell is the last of its bin');
      if (cell < 0) used.set(at, -cell);
      else free += cell;
      before = cell;
      at += Math.abs(cell);
    }
    same(at, bin + size, 'cells fill the bin');
    bin += size;
  }
  return { used, free };
}

function slowHash(upper: string): number {
  let hash = 0n;
  for (let at = 0; at < upper.length; at++) hash = (hash * 37n + BigInt(upper.charCodeAt(at))) % 2n ** 32n;
  return Number(hash);
}

function slowHint(name: string): number {
  const codes = [0, 1, 2, 3].map((at) => name.charCodeAt(at) || 0);
  return codes.some((code) => code > 0xff) ? 0 : codes.reduce((sum, code, at) => sum + code * 256 ** at, 0);
}
