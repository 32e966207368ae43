/** Writes patch archives (FORMAT §2) with archiver, whose output for stored buffers is the profile of the format. */
import { Readable } from 'node:stream';
import { ZipArchive } from 'archiver';
import { PatchError } from '../errors.ts';
import {
  emptyArchive,
  localHeaderSize,
  maxArchiveSize,
  maxParts,
  withPart,
  type ArchiveSize,
} from './archive-headers.ts';
import { createPartOrder } from './part-names.ts';

/** A part to be written. */
export interface PartSource {
  /** As part-names.ts makes them; parts come in the order of FORMAT §2. */
  readonly name: string;
  readonly data: Uint8Array;
}

/**
 * The archive of these parts as a stream of bytes. A part is taken from `parts` when the reader of the stream has
 * taken all before it. The stream fails with whatever `parts` fails with, with E_FORMAT for parts that are foreign,
 * missing or out of order, and with E_LIMIT for too many or too large ones.
 */
export function writeArchive(parts: AsyncIterable<PartSource>): Readable {
  return Readable.from(archiveOf(parts), { objectMode: false });
}

async function* archiveOf(parts: AsyncIterable<PartSource>): AsyncGenerator<Uint8Array> {
  const archive = new ZipArchive({ store: true });
  // Errors come out of the iterator; without a listener, one before its first step would end the process.
  archive.on('error', () => undefined);
  const output = archive[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  const order = createPartOrder();
  let size = emptyArchive;
  try {
    for await (const { name, data } of parts) {
      order.add(name);
      size = withPart(size, name, data.length);
      assertFits(size);
      archive.append(Buffer.from(data.buffer, data.byteOffset, data.length), {
        name,
        date: epoch,
        mode: 0o644,
      });
      // archiver holds back nobody (even its `entry` event comes before anything was read), so we take out
      // what we put in before we put in more.
      yield* take(output, localHeaderSize + name.length + data.length);
    }
    order.end();
    // Never settles after an error, which the iterator reports anyway.
    archive.finalize().catch(() => undefined);
    yield* take(output, Infinity);
  } finally {
    archive.destroy();
  }
}

const epoch = new Date(Date.UTC(1980, 0, 1));

async function* take(output: AsyncIterator<Uint8Array, undefined>, size: number): AsyncGenerator<Uint8Array> {
  for (let taken = 0; taken < size;) {
    const next = await output.next();
    if (next.done === true) return;
    taken += next.value.length;
    yield next.value;
  }
}

/** Refuses an archive that zip64 would be needed for (E_LIMIT). */
export function assertFits({ count, total }: ArchiveSize): void {
  if (count <= maxParts && total <= maxArchiveSize) return;
  const excess = count > maxParts ? `more than ${maxParts} parts` : `more than ${maxArchiveSize} bytes`;
  throw new PatchError('E_LIMIT', `the patch archive would have ${excess}`, {
    help: 'make patches of smaller steps, or of a part of the application each',
  });
}
