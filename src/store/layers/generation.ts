/** One immutable state of a layer's read-only sublayer, in a folder that is a layer directory of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Digest, isDigest } from '../../bytes.ts';
import { type LayerJson, layerFile, parseLayerJson } from '../../layer/layer-json.ts';
import { damaged, mendableOr } from './damaged.ts';
import { generationFolder, recordFile } from './layout.ts';

const schema = z.object({
  format: z.literal(1),
  /** State digest without any rules, of the lines in `inventory`. */
  digest: z.string().refine(isDigest),
  entries: z.int().min(0),
  /** Of all files and hives, in bytes. */
  size: z.int().min(0),
  /** The generation that it was made from, where undo goes back to; null for the first one. */
  previous: z.int().min(1).nullable(),
  made: z.enum(['import', 'patch', 'repair']),
});

/** Written when a generation is made, and never again. */
export type GenerationRecord = Omit<z.infer<typeof schema>, 'format' | 'digest'> & {
  readonly digest: Digest;
};

export interface Generation {
  readonly number: number;
  readonly directory: string;
  readonly description: LayerJson;
  readonly record: GenerationRecord;
}

/** E_CONFLICT where it is missing or damaged. Looks at no content. */
export function readGeneration(folder: string, number: number): Generation {
  const directory = generationFolder(folder, number);
  const description = readDescription(directory);
  return { number, directory, description, record: readRecord(directory) };
}

/** E_CONFLICT where it is missing or damaged. */
export function readRecord(directory: string): GenerationRecord {
  return readAs(directory, recordFile, (text) => schema.parse(JSON.parse(text)));
}

/** E_CONFLICT where it is missing or damaged. */
export function readDescription(directory: string): LayerJson {
  return readAs(directory, layerFile, (text, path) => parseLayerJson(text, path));
}

function readAs<T>(directory: string, file: string, parse: (text: string, path: string) => T): T {
  const path = join(directory, file);
  try {
    return parse(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const what = `is not a whole generation of a layer: ${file} is missing or damaged`;
    throw damaged(directory, what, error, mendableOr(directory));
  }
}

export function formatRecord(record: GenerationRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify({ format: 1, ...record }, null, 2)}\n`);
}
