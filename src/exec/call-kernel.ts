/** Finds a kernel by its address and calls it; what a worker does, and what `inline` does in place of one. */
import { PatchError } from '../errors.ts';

/**
 * Calls the export `name` of `module` (a URL) with `job`. E_ENVIRONMENT where there is no such function; whatever
 * the kernel throws comes through unchanged.
 */
export async function callKernel(module: string, name: string, job: unknown): Promise<unknown> {
  const exports: unknown = await import(module);
  const kernel = (exports as Record<string, unknown>)[name];
  if (typeof kernel !== 'function') {
    throw new PatchError('E_ENVIRONMENT', `the module ${module} exports no function "${name}"`);
  }
  const result: unknown = await Reflect.apply(kernel, undefined, [job]);
  return result;
}
