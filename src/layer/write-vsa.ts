/** Writes a VSA (a layer directory's tree in one zip file) with archiver. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { basename } from 'node:path';
import { ZipArchive } from 'archiver';
import { type Bytes, bytesOf, chunksOf } from '../bytes.ts';
import { throwIfCancelled } from '../errors.ts';
import type { DirectoryLayer } from './directory-layer.ts';
import { deleteEntriesFile, formatDeleteEntries, formatLayerJson, layerFile } from './layer-json.ts';
import type { Entry, Meta, ReadOptions, Sublayer } from './layer.ts';

export interface WriteVsaOptions {
  /** A layer directory. */
  readonly layer: DirectoryLayer & { readonly description: NonNullable<DirectoryLayer['description']> };
  /** Writable sublayers, as entries `writable/<user>/…`; left out where none is given. */
  readonly writable?: Sublayer | undefined;
  readonly signal: AbortSignal;
  /** Told of each entry of the read-only sublayer, which was read to its end by then. */
  readonly onEntry?: (entry: Pick<Entry, 'name' | 'meta'>) => void;
}

/** The bytes of the file. Equal layers give equal files. Errors of whoever reads the entries. */
export async function* writeVsa(options: WriteVsaOptions): AsyncGenerator<Uint8Array> {
  const archive = new ZipArchive();
  // Errors come out of the iterator; without a listener, one before its first step would end the process.
  archive.on('error', () => undefined);
  let taken = (): void => undefined;
  const add = async (part: Part): Promise<void> => {
    throwIfCancelled(options.signal);
    // archiver takes in whatever it is given, so we wait until somebody has taken out what came before.
    while (archive.readableLength > pending) await new Promise<void>((resolve) => (taken = resolve));
    await append(archive, part);
  };
  const adding = (async (): Promise<void> => {
    for await (const part of partsOf(options)) await add(part);
    await archive.finalize();
  })();
  adding.catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const piece of archive as AsyncIterable<Uint8Array>) {
      yield piece;
      taken();
    }
    await adding;
  } finally {
    archive.destroy();
  }
}

/** Up to this size, in bytes, a content is given as one piece. */
const smallSize = 64 << 10;
const pending = 1 << 20;
const epoch = new Date(Date.UTC(1980, 0, 1));

interface Part {
  readonly name: string;
  readonly meta: Meta;
  readonly bytes: Bytes | null;
}

async function append(archive: ZipArchive, { name, meta, bytes }: Part): Promise<void> {
  const added = once(archive, 'entry');
  const mode = 'mode' in meta ? { mode: meta.mode } : {};
  if (meta.type === 'link') {
    // As `symlink` of archiver does it, but with a time that is not the clock's.
    const link = { name, date: epoch, mode: 0o777, type: 'symlink' as const, linkname: meta.to };
    archive.append('', link);
  } else if (meta.type === 'directory') archive.append('', { name: `${name}/`, date: epoch, ...mode });
  else archive.append(await sourceOf(bytes ?? bytesOf(new Uint8Array())), { name, date: epoch, ...mode });
  await added;
}

async function sourceOf(bytes: Bytes): Promise<Buffer | Readable> {
  if (bytes.size > smallSize) return Readable.from(chunksOf(bytes), { objectMode: false });
  return Buffer.from(await bytes.read(0, bytes.size));
}

async function* partsOf({ layer, writable, signal, onEntry }: WriteVsaOptions): AsyncGenerator<Part> {
  const { description, deleteEntries, identity, readOnly, registryFiles } = layer;
  yield text(layerFile, formatLayerJson(description, identity));
  if (deleteEntries.length > 0)
    yield text(`read-only/${deleteEntriesFile}`, formatDeleteEntries(deleteEntries));
  for (const { path, bytes } of registryFiles)
    yield { ...text(`read-only/registry/${basename(path)}`, ''), bytes: bytesOf(bytes) };
  const options: ReadOptions = { signal };
  for await (const { name, meta, bytes } of readOnly.entries(options)) {
    onEntry?.({ name, meta });
    if (meta.type !== 'hive' && meta.type !== 'delete-entry')
      yield { name: `read-only/files/${name}`, meta, bytes };
  }
  for await (const entry of writable?.entries(options) ?? []) yield entry;
}

function text(name: string, content: string): Part {
  const data = Buffer.from(content);
  const meta: Meta = { type: 'file', size: data.length, digest: 'sha256:', mode: 0o644 };
  return { name, meta, bytes: bytesOf(data) };
}
