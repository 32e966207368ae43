/** The kernels of assembly/, with a memory that each job fills anew. */
import { kernelBinary } from './kernel-binary.ts';
import { gainTable, lossTable, rateTable, squashTable, stretchTable, trustTable } from './tables.ts';

/** What assembly/index.ts exports. Addresses and sizes are in bytes. */
interface Exports {
  heapBase(): number;
  useByteTables(trusts: number, losses: number, gains: number): void;
  useFlagTables(stretch: number, squash: number, rates: number): void;
  blankOperands(bytes: number, size: number, most: number): void;
  indexSeeds(reference: number, size: number, heads: number, bits: number, step: number): void;
  chainSeeds(reference: number, size: number, heads: number, links: number, bits: number): void;
  forget(bytes: number, start: number, end: number, heads: number, links: number, bits: number): void;
  matchApproximate(
    old: number,
    oldSize: number,
    now: number,
    size: number,
    heads: number,
    bits: number,
    records: number,
  ): number;
  matchExact(
    bytes: number,
    referenceSize: number,
    total: number,
    heads: number,
    links: number,
    bits: number,
    depth: number,
    literal: number,
    records: number,
  ): number;
  writeCovers(records: number, count: number, coded: number, end: number, heap: number): number;
  readCovers(
    records: number,
    count: number,
    size: number,
    reference: number,
    coded: number,
    end: number,
    heap: number,
  ): number;
  codeDifferences(
    block: number,
    target: number,
    records: number,
    count: number,
    reference: number,
    coded: number,
    end: number,
    heap: number,
    bits: number,
  ): number;
  differing(): number;
  codeLiterals(
    block: number,
    size: number,
    write: number,
    records: number,
    count: number,
    reference: number,
    tails: number,
    profile: number,
    lesson: number,
    lessons: number,
    coded: number,
    end: number,
    heap: number,
    bits: number,
  ): number;
}

export interface Kernels {
  readonly call: Exports;
  /** Forgets what was allocated before, or since `mark`. */
  readonly reset: (mark?: number) => void;
  /** How much is allocated. */
  readonly mark: () => number;
  /** Where `size` bytes are free, with 64 zero bytes before and behind them; what is in them is left over from earlier. */
  readonly allocate: (size: number) => number;
  /** The same, with bytes put there. */
  readonly put: (bytes: Uint8Array) => number;
  /** A view of memory; it ends with the next allocation. */
  readonly view: (at: number, size: number) => Uint8Array;
  /** How much memory there is in bytes; it never becomes less. */
  readonly size: () => number;
}

const pageSize = 65_536;
/** 4 GiB is what a 32-bit memory can have. */
const mostPages = 65_536;
const margin = 64;

/** Matching has a memory of its own, so that an index of seeds outlives the coding of a block. */
export type Use = 'code' | 'match';

const loaded = new Map<Use, Kernels>();

/** The kernels of this thread. They are loaded once, and one job at a time uses them. */
export function kernels(use: Use = 'code'): Kernels {
  const known = loaded.get(use) ?? load();
  loaded.set(use, known);
  return known;
}

/** What a thread may keep for its next job, in bytes. */
const mostKept = 160 << 20;

/** Lets go of the memory where it is more than most jobs take, and says whether: nothing of it may be used after. */
export function releaseLarge(use: Use): boolean {
  return (loaded.get(use)?.size() ?? 0) > mostKept && loaded.delete(use);
}

function load(): Kernels {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages });
  const module = new WebAssembly.Module(Buffer.from(kernelBinary, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const call = exports as Exports; // the module is our own
  let free = call.heapBase();
  const view = (at: number, size: number): Uint8Array => new Uint8Array(memory.buffer, at, size);
  const allocate = (size: number): number => {
    const at = (free + 2 * margin - 1) & -margin;
    free = at + size;
    const missing = Math.ceil((free + margin) / pageSize) - memory.buffer.byteLength / pageSize;
    if (missing > 0) memory.grow(missing);
    view(at - margin, margin).fill(0);
    view(free, margin).fill(0);
    return at;
  };
  const put = (bytes: Uint8Array): number => {
    const at = allocate(bytes.length);
    view(at, bytes.length).set(bytes);
    return at;
  };
  const bytes = (table: ArrayBufferView): Uint8Array =>
    new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
  call.useByteTables(put(bytes(trustTable())), put(bytes(lossTable())), put(bytes(gainTable())));
  call.useFlagTables(put(bytes(stretchTable())), put(bytes(squashTable())), put(bytes(rateTable())));
  const first = free;
  return {
    call,
    reset: (mark = first) => {
      free = mark;
    },
    mark: () => free,
    allocate,
    put,
    view,
    size: () => memory.buffer.byteLength,
  };
}
