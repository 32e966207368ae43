/** The codec 'xdelta3/1': VCDIFF (RFC 3284), made by xdelta3 window by window, read by our own decoder. */
import { type Bytes } from '../bytes.ts';
import { inOrder } from '../exec/in-order.ts';
import { type CodecContext, type DeltaCodec } from './codec.ts';
import { decodeVcdiff } from './vcdiff/decode.ts';
import { plainHeader } from './vcdiff/header.ts';
import { addWindow, copyWindow } from './vcdiff/write-window.ts';
import { encodeWindowKernel } from './xdelta3/encode-window.ts';
import { type Step, plan } from './xdelta3/plan.ts';

/**
 * Interoperates with native xdelta3: each side decodes what the other writes, except for DJW and FGK compression.
 * The delta is not compressed further. Encoding holds about 50 MiB for the index of a large reference, and 2.5 MiB
 * for each job in flight.
 */
export function xdelta3(): DeltaCodec {
  return { id: 'xdelta3/1', encode, decode: decodeVcdiff };
}

async function* encode(
  reference: Bytes,
  target: Bytes,
  context: CodecContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield Uint8Array.from(plainHeader);
  if (target.size === 0) yield addWindow(new Uint8Array(0)); // a file without a window is none to some decoders
  const steps = plan(reference, target, context.signal);
  yield* inOrder(jobs(steps, reference, context), 2 * context.executor.concurrency);
}

async function* jobs(
  steps: AsyncIterable<Step>,
  reference: Bytes,
  { executor, signal, onEncoded }: CodecContext,
): AsyncGenerator<() => Promise<Uint8Array>, void, undefined> {
  for await (const step of steps) {
    if (step.kind === 'copy') {
      yield async () => {
        onEncoded?.(step.length);
        return copyWindow(step.position, step.length);
      };
      continue;
    }
    // Copies, since what Bytes gives may be a view of something large that is not ours to give away.
    const target = Uint8Array.from(step.target);
    const segment = Uint8Array.from(await reference.read(step.position, step.length));
    const job = { target, segment, position: step.position };
    const { length } = target;
    yield async () => {
      const transfer = [target.buffer, segment.buffer];
      const window = await executor.run(encodeWindowKernel, job, { signal, transfer });
      onEncoded?.(length);
      return window;
    };
  }
}
