/** The kernels of reading: the covers of a block, then, when the old bytes are there, its content. */
import { brotliDecompressSync } from 'node:zlib';
import type { Kernel } from '../../exec/executor.ts';
import { type BlockHeader, type Stream, damaged, method } from './block-format.ts';
import { kernels } from './kernels.ts';
import { lessons } from './limits.ts';
import * as plain from './plain-streams.ts';
import { recordSize, recordsOf } from './records.ts';

export interface CoversJob {
  readonly header: BlockHeader;
  readonly stream: Stream;
  /** Size of the reference in bytes. */
  readonly reference: number;
}

/** The records of a block's covers, all of them inside of reference and block. E_FORMAT. */
export function decodeCovers({ header, stream, reference }: CoversJob): Uint8Array {
  const { size, covers } = header;
  if (stream.method === method.none) {
    if (covers > 0) throw damaged('it has covers, but no stream of them');
    return new Uint8Array();
  }
  if (stream.method !== method.model) return plain.readCovers(plainBytes(stream), covers, size, reference);
  const { call, reset, allocate, put, view } = kernels();
  reset();
  const coded = put(stream.bytes);
  const records = allocate(covers * recordSize);
  const heap = allocate(coverHeap);
  if (call.readCovers(records, covers, size, reference, coded, coded + stream.bytes.length, heap) === 0) {
    throw damaged('its list of covers');
  }
  return view(records, covers * recordSize).slice();
}

export interface ContentJob {
  readonly header: BlockHeader;
  /** As decodeCovers gave them. */
  readonly records: Uint8Array;
  readonly reference: number;
  /** The block with the old bytes of its covers in their places; given away. */
  readonly block: Uint8Array;
  /** What stands behind the covers (lay-out.ts). */
  readonly tails: Uint8Array;
  readonly differences: Stream;
  readonly literals: Stream;
}

/** The content of a block. E_FORMAT. */
export function decodeContent(job: ContentJob): Uint8Array {
  const { block, differences, literals, reference } = job;
  const records = recordsOf(job.records);
  if (differences.method === method.plain || differences.method === method.brotli) {
    plain.applyDifferences(plainBytes(differences), block, records, reference);
  }
  if (differences.method !== method.model && literals.method !== method.model) {
    plain.applyLiterals(plainBytes(literals), block, records, reference);
    return block;
  }
  const { call, reset, allocate, put, view } = kernels();
  reset();
  const at = put(block);
  const recordsAt = put(job.records);
  const count = records.count;
  // One after the other, so they can have the same memory for their models.
  const heap = allocate(
    Math.max(
      differences.method === method.model ? differenceHeap(differences.size) : 0,
      literals.method === method.model ? literalHeap(literals.size) : 0,
    ),
  );
  if (differences.method === method.model) {
    const coded = put(differences.bytes);
    const end = coded + differences.bytes.length;
    if (call.codeDifferences(at, 0, recordsAt, count, reference, coded, end, heap, differences.size) === 0) {
      throw damaged('its differences');
    }
  }
  if (literals.method === method.model) {
    const { profile, lesson } = job.header;
    const tails = put(job.tails);
    const coded = put(literals.bytes);
    const end = coded + literals.bytes.length;
    const read = call.codeLiterals(
      at,
      block.length,
      0,
      recordsAt,
      count,
      reference,
      tails,
      profile,
      lesson,
      lessons,
      coded,
      end,
      heap,
      literals.size,
    );
    if (read === 0) throw damaged('its literals');
  }
  block.set(view(at, block.length));
  if (literals.method !== method.model) plain.applyLiterals(plainBytes(literals), block, records, reference);
  return block;
}

/** What the models take beside their lines, generously. */
export const coverHeap = (32 << 15) + (256 << 10);
export const differenceHeap = (bits: number): number => (4 << Math.min(bits, 14)) + (36 << bits) + (3 << 19);
export const literalHeap = (bits: number): number => (40 << bits) + (10 << 17) + (512 << 10);

/** A stream as it was before brotli; empty where there is none. */
function plainBytes({ method: how, size, bytes }: Stream): Uint8Array {
  if (how !== method.brotli) return bytes;
  try {
    const made = brotliDecompressSync(bytes, { maxOutputLength: Math.max(size, 1) });
    if (made.length === size) return made;
  } catch {
    // Whatever is wrong with it is said below.
  }
  throw damaged('a compressed stream');
}

const module = import.meta.url;
export const coversKernel: Kernel<CoversJob, Uint8Array> = { module, name: 'decodeCovers' };
export const contentKernel: Kernel<ContentJob, Uint8Array> = { module, name: 'decodeContent' };
