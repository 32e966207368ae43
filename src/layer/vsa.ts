/** A VSA: a layer directory's tree in one zip file, read by any tool and written by any tool. */
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  type Entry as ZipEntry,
  RandomAccessReader,
  type ZipFile,
  fromRandomAccessReaderPromise,
} from 'yauzl';
import { type Bytes, type Digest, bytesOf, chunksOf, createHasher, sliceOf } from '../bytes.ts';
import { openFile } from './file-bytes.ts';
import { PatchError, fromSystem, throwIfCancelled } from '../errors.ts';
import { areaFilesOf, openAreaFile } from '../registry/forms/forms.ts';
import type { Registry } from '../registry/hive.ts';
import { createSpool } from '../spool.ts';
import { hiveEntries, together } from './hive-entry.ts';
import {
  type LayerJson,
  layerFile,
  deleteEntriesFile,
  parseDeleteEntries,
  parseLayerJson,
} from './layer-json.ts';
import type { Entry, Layer, ReadOptions, Sublayer } from './layer.ts';
import { linkProblem } from './link.ts';
import { type EntryName, compareNames, entryName, parentOf } from './name.ts';

const limits = { entries: 2_000_000, text: 256 << 20, link: 4096, file: 256 * 2 ** 30 };
const filesArea = 'read-only/files/';
const writableArea = 'writable/';
const registryFolder = 'read-only/registry/';
const unix = 3;
/** Up to this size, content is not kept between two reads. */
const smallSize = 1 << 20;

/** A layer in one file, with what is in there besides its read-only sublayer. */
export interface VsaLayer extends Layer {
  readonly description: LayerJson;
  /** All writable sublayers as they lie in the file: `writable/<user>/…`. */
  readonly writable: Sublayer;
}

/**
 * Opens a VSA. E_INPUT where the file cannot be read; E_FORMAT where it is no zip, has no `layer.json`, or has an entry
 * twice; E_NAME for names and links that cannot be in a patch.
 */
export async function openVsa(path: string): Promise<VsaLayer> {
  const location = resolve(path);
  const zip = await openZip(path);
  try {
    const items = await listZip(zip, path);
    const read = async (name: string): Promise<Buffer | null> => {
      const item = items.get(name);
      return item ? wholeContent(zip, item, limits.text) : null;
    };
    const text = await read(layerFile);
    if (!text) {
      throw new PatchError('E_FORMAT', `${path}: is a zip file, but no VSA: it has no ${layerFile}`, {
        entry: path,
      });
    }
    const description = parseLayerJson(text.toString(), layerFile);
    const { id, name, version, variables } = description;
    const registry = await readArea(items, read);
    const deletes = parseDeleteEntries(
      (await read(`read-only/${deleteEntriesFile}`))?.toString() ?? '[]',
      path,
    );
    const others: Entry[] = [
      ...hiveEntries(registry),
      ...deletes.map((one): Entry => ({ name: entryName(one), meta: { type: 'delete-entry' }, bytes: null })),
    ];
    return {
      identity: { id, name, version },
      variables,
      location,
      description,
      readOnly: zipSublayer(zip, partsBelow(items, filesArea), others),
      writable: zipSublayer(zip, partsBelow(items, writableArea, writableArea), []),
    };
  } catch (error) {
    throw isZipError(error) ? notZip(path, error) : fromSystem(error, 'read', path);
  }
}

/** The hives of all files of the registry area, whatever their form. */
async function readArea(
  items: ReadonlyMap<string, ZipEntry>,
  read: (name: string) => Promise<Buffer | null>,
): Promise<Registry> {
  const found = [...items.keys()].filter((part) => part.startsWith(registryFolder));
  const files: { readonly registry: Registry }[] = [];
  for (const name of areaFilesOf(found.map((part) => part.slice(registryFolder.length)))) {
    const part = registryFolder + name;
    const bytes = await read(part);
    if (bytes) files.push(openAreaFile(name, bytes, part));
  }
  return together(files);
}

/** Lets yauzl read without a descriptor that someone would have to close: contents are read long after `capture`. */
class BytesReader extends RandomAccessReader {
  readonly #bytes: Bytes;
  constructor(bytes: Bytes) {
    super();
    this.#bytes = bytes;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunksOf(sliceOf(this.#bytes, start, end - start)), { objectMode: false });
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    const bytes = openFile(path);
    const options = { autoClose: false, strictFileNames: true, validateEntrySizes: true };
    return await fromRandomAccessReaderPromise(new BytesReader(bytes), bytes.size, options);
  } catch (error) {
    throw isZipError(error) ? notZip(path, error) : fromSystem(error, 'read', path);
  }
}

/** yauzl's errors have neither a code of the system nor one of ours. */
function isZipError(error: unknown): boolean {
  return error instanceof Error && !('code' in error);
}

function notZip(path: string, cause: unknown): PatchError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PatchError('E_FORMAT', `${path}: is not a readable VSA: ${reason}`, {
    entry: path,
    help: 'give a directory, a layer directory or a VSA',
    cause,
  });
}

async function listZip(zip: ZipFile, path: string): Promise<Map<string, ZipEntry>> {
  const items = new Map<string, ZipEntry>();
  for await (const item of zip.eachEntry()) {
    if (items.has(item.fileName) || items.size >= limits.entries) {
      throw new PatchError(
        'E_FORMAT',
        `${path}: has the entry ${JSON.stringify(item.fileName)} twice, or too many`,
      );
    }
    items.set(item.fileName, item);
  }
  return items;
}

interface Item {
  readonly entry: () => Promise<Entry>;
  readonly name: Entry['name'];
}

/** What is below a folder of the zip, by the names that it has as entries: without that folder, or behind `prefix`. */
function partsBelow(
  items: ReadonlyMap<string, ZipEntry>,
  folder: string,
  prefix = '',
): (readonly [name: EntryName, item: ZipEntry])[] {
  return [...items].flatMap(([path, item]) =>
    path.startsWith(folder) && path !== folder
      ? [[entryName(prefix + path.slice(folder.length).replace(/\/$/, '')), item] as const]
      : [],
  );
}

function zipSublayer(
  zip: ZipFile,
  parts: readonly (readonly [name: EntryName, item: ZipEntry])[],
  others: readonly Entry[],
): Sublayer {
  const found = new Map<string, Item>(
    others.map((one) => [one.name, { name: one.name, entry: async () => one }]),
  );
  for (const [name, item] of parts) {
    const parent = parentOf(name);
    if (parent === null) continue;
    found.set(name, { name, entry: () => zipEntry(zip, item, name) });
    // A zip need not list the folders of its files.
    for (let up: typeof parent | null = parent; up && parentOf(up) && !found.has(up); up = parentOf(up)) {
      const folder = up;
      found.set(folder, {
        name: folder,
        entry: async () => ({ name: folder, meta: { type: 'directory' }, bytes: null }),
      });
    }
  }
  const order = [...found.values()].sort((a, b) => compareNames(a.name, b.name));
  return {
    async *entries({ exclude, signal, onEntry }: ReadOptions = {}) {
      for (const one of order) {
        throwIfCancelled(signal);
        if (exclude && isExcluded(one.name, exclude)) continue;
        const entry = await one.entry();
        onEntry?.(entry.name, 'size' in entry.meta ? entry.meta.size : 0);
        yield entry;
      }
    },
    entry: async (name) => (await found.get(name)?.entry()) ?? null,
  };
}

/** An excluded folder takes everything below it along, as it does on disk. */
function isExcluded(name: string, exclude: (name: string) => boolean): boolean {
  const parts = name.split('/');
  return parts.some((_, index) => index > 0 && exclude(parts.slice(0, index + 1).join('/')));
}

async function zipEntry(zip: ZipFile, item: ZipEntry, name: Entry['name']): Promise<Entry> {
  const attributes = item.versionMadeBy >> 8 === unix ? item.externalFileAttributes >>> 16 : 0;
  const mode = attributes === 0 ? {} : { mode: attributes & 0o7777 };
  if (item.fileName.endsWith('/')) return { name, meta: { type: 'directory', ...mode }, bytes: null };
  const kind = attributes & 0o170000;
  if (kind === 0o120000) {
    const to = (await wholeContent(zip, item, limits.link)).toString();
    const problem = linkProblem(name, to);
    if (problem !== null)
      throw new PatchError('E_NAME', `${name}: is a link to ${JSON.stringify(to)}: ${problem}`);
    return { name, meta: { type: 'link', to }, bytes: null };
  }
  if (kind !== 0 && kind !== 0o100000) {
    throw new PatchError('E_INPUT', `${name}: is a device, socket or pipe, which a patch cannot carry`);
  }
  if (item.uncompressedSize > limits.file)
    throw new PatchError('E_LIMIT', `${name}: is larger than ${limits.file} bytes`);
  const { digest, size } = await hashContent(zip, item);
  return { name, meta: { type: 'file', size, digest, ...mode }, bytes: zipBytes(zip, item) };
}

async function hashContent(zip: ZipFile, item: ZipEntry): Promise<{ digest: Digest; size: number }> {
  const hasher = createHasher();
  let size = 0;
  for await (const piece of contentOf(zip, item)) {
    hasher.update(piece);
    size += piece.length;
  }
  return { digest: hasher.digest(), size };
}

/** The content in pieces; E_FORMAT where it does not have the checksum that the zip says, which yauzl does not check. */
async function* contentOf(zip: ZipFile, item: ZipEntry): AsyncGenerator<Uint8Array> {
  let crc = 0;
  const stream = await zip.openReadStreamPromise(item);
  for await (const piece of stream as AsyncIterable<Buffer>) {
    crc = crc32(piece, crc);
    yield piece;
  }
  if (crc !== item.crc32)
    throw new PatchError('E_FORMAT', `${item.fileName}: is damaged: its checksum differs`);
}

async function wholeContent(zip: ZipFile, item: ZipEntry, limit: number): Promise<Buffer> {
  if (item.uncompressedSize > limit) {
    throw new PatchError(
      'E_LIMIT',
      `${item.fileName}: is too large: ${item.uncompressedSize} bytes, the limit is ${limit}`,
    );
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of contentOf(zip, item)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Random access to what may be compressed: small content is unpacked each time, large content once. */
function zipBytes(zip: ZipFile, item: ZipEntry): Bytes {
  const size = item.uncompressedSize;
  let unpacked: Promise<Bytes> | null = null;
  const unpack = async (): Promise<Bytes> => {
    const spool = createSpool(0);
    for await (const piece of contentOf(zip, item)) spool.append(piece);
    return spool;
  };
  return {
    size,
    read: async (offset, length) => {
      const content =
        size <= smallSize ? bytesOf(await wholeContent(zip, item, smallSize)) : (unpacked ??= unpack());
      return (await content).read(offset, length);
    },
  };
}
