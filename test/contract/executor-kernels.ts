/** Kernels for the executor's contract suite. */
import { setTimeout as delay } from 'node:timers/promises';
import { PatchError } from '../../src/errors.ts';

export function add({ a, b }: { a: number; b: number }): number {
  return a + b;
}

export async function reverse(data: Uint8Array): Promise<Uint8Array> {
  return Uint8Array.from(data).reverse();
}

export function refuse(entry: string): never {
  throw new PatchError('E_DIGEST', `${entry} is damaged`, {
    entry,
    help: 'get it again',
    details: ['first', 'second'],
  });
}

export function crash(message: string): never {
  throw new TypeError(message);
}

export async function sleep(milliseconds: number): Promise<string> {
  await delay(milliseconds, undefined, { ref: false });
  return 'awake';
}

const kept = new Uint8Array(3 << 20).fill(7);

/** Large results: one alone in its memory, and a part of what the kernel keeps. */
export function large(which: 'whole' | 'part'): Uint8Array {
  return which === 'whole' ? Uint8Array.from(kept) : kept.subarray(1 << 20);
}

/** Ends the worker that runs it. Never call it in the main thread. */
export function die(code: number): never {
  process.exit(code);
}

export function spin(milliseconds: number): string {
  const end = Date.now() + milliseconds;
  while (Date.now() < end);
  return 'done';
}
