/** What runs on a worker thread: one exported function that answers one request. */
import { callKernel } from './call-kernel.ts';
import { type Reply, type Request, failure } from './reply.ts';

/** Bytes of a result that are worth moving to the caller's thread instead of being copied. */
const worthMoving = 1 << 20;

/** Never rejects: a rejection would lose the fields of a PatchError on its way. */
export async function answer({ module, name, job }: Request): Promise<unknown> {
  try {
    const result = await callKernel(module, name, job);
    const reply: Reply = { ok: true, result };
    return isWholeBuffer(result) ? await moved(reply, result.buffer) : reply;
  } catch (thrown) {
    return failure(thrown);
  }
}

/** Whether nobody else can have a view of these bytes, since a kernel gives its result away. */
function isWholeBuffer(result: unknown): result is Uint8Array<ArrayBuffer> {
  return (
    result instanceof Uint8Array &&
    result.length >= worthMoving &&
    result.buffer instanceof ArrayBuffer &&
    result.length === result.buffer.byteLength
  );
}

/** As piscina wants it. Loaded when it is needed, since a worker starts sooner without. */
async function moved(reply: Reply, buffer: ArrayBuffer): Promise<unknown> {
  const piscina = await import('piscina');
  return piscina.move({ [piscina.transferableSymbol]: buffer, [piscina.valueSymbol]: reply });
}
