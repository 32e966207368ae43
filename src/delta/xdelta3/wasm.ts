/** The door to xdelta3-wasm: CommonJS with a broken "module" field, one instance per load, and a heap of 16 MiB. */
import { createRequire } from 'node:module';
import { PatchError } from '../../errors.ts';

const require = createRequire(import.meta.url);
const name = 'xdelta3-wasm';

/** xdelta3.h: XD3_COMPLEVEL_9. The package types this argument as a matcher, but hands it on as these flags. */
const level9 = 9 << 20;

interface Coded {
  readonly ret: number;
  readonly output: Uint8Array;
}

interface Xdelta3 {
  init(): Promise<void>;
  xd3_encode_memory(input: Uint8Array, source: Uint8Array, outputLimit: number, flags: number): Coded;
  xd3_decode_memory(input: Uint8Array, source: Uint8Array, outputLimit: number): Coded;
}

const functions = ['init', 'xd3_encode_memory', 'xd3_decode_memory'] as const;

function isXdelta3(module: unknown): module is Xdelta3 {
  return functions.every((key) => typeof (module as Record<string, unknown> | null)?.[key] === 'function');
}

let loaded: Xdelta3 | undefined;

async function load(): Promise<Xdelta3> {
  if (loaded === undefined) {
    const module: unknown = require(name);
    if (!isXdelta3(module))
      throw new PatchError('E_ENVIRONMENT', `the package ${name} is not the one we know`);
    await module.init();
    loaded = module;
  }
  return loaded;
}

/** After it threw, an instance is dead for good, and `init` does not revive it: forget it and all its files. */
function unload(): void {
  loaded = undefined;
  const folder = require.resolve(name).replace(/[^/\\]*$/, '');
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(folder)) Reflect.deleteProperty(require.cache, path);
  }
}

/**
 * A VCDIFF file of one window, or null where there is none of at most `limit` bytes or the heap does not suffice.
 * What it gives depends on the arguments alone: a failure counts only in a fresh instance. Together, source and
 * target should stay below 2 MiB.
 */
export async function encode(
  source: Uint8Array,
  target: Uint8Array,
  limit: number,
): Promise<Uint8Array | null> {
  return attempt((xdelta3) => xdelta3.xd3_encode_memory(target, source, limit, level9));
}

/** The target of a small VCDIFF file, or null where it cannot be decoded into `limit` bytes. For tests. */
export async function decode(
  source: Uint8Array,
  delta: Uint8Array,
  limit: number,
): Promise<Uint8Array | null> {
  return attempt((xdelta3) => xdelta3.xd3_decode_memory(delta, source, limit));
}

async function attempt(call: (xdelta3: Xdelta3) => Coded): Promise<Uint8Array | null> {
  const used = loaded !== undefined;
  const first = tryOnce(call, await load());
  if (first !== null || !used) return first;
  unload();
  return tryOnce(call, await load());
}

function tryOnce(call: (xdelta3: Xdelta3) => Coded, xdelta3: Xdelta3): Uint8Array | null {
  try {
    const { ret, output } = call(xdelta3);
    return ret === 0 ? output : null;
  } catch {
    unload();
    return null;
  }
}
