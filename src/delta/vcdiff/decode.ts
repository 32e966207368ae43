/** Decodes VCDIFF (RFC 3284) as any encoder may write it, with the extensions of xdelta3. */
import { type Bytes, bytesOf, sliceOf } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { readHeader } from './header.ts';
import { memory as countMemory } from './memory.ts';
import { sectionReader } from './sections.ts';
import { survey } from './survey.ts';
import { decodeWindow } from './window.ts';
import { type WindowHeader, readWindowHeader } from './window-header.ts';

export interface DecodeOptions {
  readonly signal: AbortSignal;
  /** In bytes; E_LIMIT above. */
  readonly memoryLimit: number;
}

/**
 * Yields the target window by window, exactly `size` bytes. Memory: a window with its sections (at most a few times
 * 16 MiB), LZMA dictionaries where sections are compressed, and the earlier output that VCD_TARGET windows read.
 * E_FORMAT for a damaged delta and for custom code tables, DJW and FGK; E_LIMIT where the memory does not suffice.
 */
export async function* decodeVcdiff(
  reference: Bytes,
  delta: Bytes,
  size: number,
  { signal, memoryLimit }: DecodeOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = countMemory(memoryLimit);
  const header = await readHeader(delta);
  const kept = await survey(delta, header.length, reference.size, size, signal);
  memory.keep(kept.end - kept.start, 'the output that later windows of the delta copy from');
  const history = new Uint8Array(kept.end - kept.start);
  const readSections = sectionReader(delta, header.secondary, memory);
  let made = 0;

  const segmentOf = ({ segment }: WindowHeader): Bytes => {
    if (segment === null) return bytesOf(new Uint8Array(0));
    if (segment.from === 'source') return sliceOf(reference, segment.position, segment.length);
    return sliceOf(bytesOf(history), segment.position - kept.start, segment.length);
  };

  for (let position = header.length; position < delta.size;) {
    throwIfCancelled(signal);
    const window = await readWindowHeader(delta, position);
    const sectionsLength = window.end - window.start;
    memory.borrow(window.targetLength + sectionsLength, 'a window of the delta');
    const sections = await readSections(window);
    memory.borrow(
      window.targetLength + sectionsLength + 32 * sections.addresses.length,
      'a window of the delta',
    );
    const target = await decodeWindow(sections, segmentOf(window), window.targetLength, window.adler32);

    const from = Math.max(made, kept.start);
    const to = Math.min(made + target.length, kept.end);
    if (from < to) history.set(target.subarray(from - made, to - made), from - kept.start);
    made += target.length;
    if (target.length > 0) yield target;
    position = window.end;
  }
}
