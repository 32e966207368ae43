/** pack: all parts of a patch → one `.vpa` file. Other files pass. */
import type { Readable } from 'node:stream';
import Vinyl from 'vinyl';
import { PatchError } from '../src/errors.ts';
import { inlineFrames } from '../src/patch/frames.ts';
import { decodeManifest } from '../src/patch/manifest.ts';
import { framePart, indexPart, manifestPart } from '../src/patch/part-names.ts';
import { createSpool } from '../src/spool.ts';
import { contentsOf, isChange, isFrame, isGroup, isManifest, isPart } from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface PackOptions {
  /** Name of the file; made of the application's id and its versions if left out. */
  readonly file?: string;
}

/** The manifest is the first entry but is known last, so frames wait in a spool: memory stays bounded. */
export const pack = ({ file: name }: PackOptions = {}): Stage =>
  stage('pack', async function* (files, { signal }) {
    // Loaded while others work: its packages take longer to load than all of ours, and applying a patch needs none of them.
    const loading = import('../src/patch/archive-writer.ts');
    loading.catch(() => undefined); // it is awaited later
    const frames = createSpool();
    try {
      const sizes: number[] = [];
      const parts = new Map<string, Uint8Array>();
      for await (const file of files) {
        if (isFrame(file)) {
          const data = await contentsOf(file);
          frames.append(data);
          sizes.push(data.length);
        } else if (isPart(file)) {
          if (parts.has(file.part)) throw new PatchError('E_STAGE', `there are two parts '${file.part}'`);
          parts.set(file.part, await contentsOf(file));
          if (isManifest(file) && name === undefined) name = nameOf(await contentsOf(file));
        } else if (!isChange(file) && !isGroup(file)) {
          yield file;
        }
      }
      const take = (part: string): { name: string; data: Uint8Array } => {
        const data = parts.get(part);
        if (!data)
          throw new PatchError('E_STAGE', `the patch has no part '${part}'`, {
            help: 'seal has to stand before pack',
          });
        return { name: part, data };
      };
      const { writeArchive } = await loading;
      const heads = [take(manifestPart), ...signatures(parts), take(indexPart)];
      const archive = writeArchive(
        (async function* () {
          yield* heads;
          if (frames.size <= inlineFrames) return; // seal has put them behind the index
          let offset = 0;
          for (const [number, size] of sizes.entries()) {
            yield { name: framePart(number), data: await frames.read(offset, size) };
            offset += size;
          }
        })(),
      );
      yield new Vinyl({ base: '/', path: `/${name ?? 'patch.vpa'}`, contents: archive });
      await finished(archive, signal);
    } finally {
      frames.close();
    }
  });

function signatures(parts: ReadonlyMap<string, Uint8Array>): { name: string; data: Uint8Array }[] {
  const names = [...parts.keys()].filter((one) => one !== manifestPart && one !== indexPart).sort();
  return names.map((name) => ({ name, data: parts.get(name) ?? new Uint8Array() }));
}

/** The spool must live until the archive has been read from it, or given up. */
async function finished(archive: Readable, signal: AbortSignal): Promise<void> {
  const stop = (): void => void archive.destroy();
  signal.addEventListener('abort', stop, { once: true });
  await new Promise((resolve) => {
    archive.once('end', resolve).once('close', resolve).once('error', resolve);
    if (archive.destroyed || archive.readableEnded) resolve(undefined);
    if (signal.aborted) stop();
  });
}

function nameOf(manifest: Uint8Array): string {
  const { application, base, target } = decodeManifest(manifest);
  const text = [application.id, base.version, target.version].filter((part) => part !== '').join('-');
  return `${text.replaceAll(/[^A-Za-z0-9._+-]+/g, '_')}.vpa`;
}
