/** What runs on a worker thread: one exported function that answers one request. */
import { callKernel } from './call-kernel.ts';
import { type Reply, type Request, failure } from './reply.ts';

/** Never rejects: a rejection would lose the fields of a PatchError on its way. */
export async function answer({ module, name, job }: Request): Promise<Reply> {
  try {
    return { ok: true, result: await callKernel(module, name, job) };
  } catch (thrown) {
    return failure(thrown);
  }
}
