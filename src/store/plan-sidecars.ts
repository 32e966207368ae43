/** Drafts the files beside the entries (registry, `layer.json`, history), and says what a transaction does with them. */
import { digestOf } from '../bytes.ts';
import type { Drafts } from './drafts.ts';
import type { Part } from './plan-files.ts';
import type { Sidecar } from './sidecars.ts';
import { modeAt } from './transaction/access.ts';
import { isInside } from './transaction/inside.ts';
import type { Put, Take } from './transaction/record.ts';

/** A registry file may be on another file system than the target, so its draft and its backup are beside it. */
export async function planSidecars(
  sidecars: readonly Sidecar[],
  root: string,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<Part> {
  const takes: Take[] = [];
  const puts: Put[] = [];
  const isOutside = ({ path }: Sidecar): boolean => !isInside(path, root);
  const outside = sidecars.filter((one) => isOutside(one) && one.content);
  await drafts.announce(outside.map(({ path }) => path));
  for (const sidecar of sidecars) {
    const { path, content } = sidecar;
    const beside = isOutside(sidecar);
    const mode = modeAt(path);
    const placeOf = (kind: 'draft' | 'backup'): string =>
      beside ? drafts.beside(path, kind) : drafts.reserve(kind);
    if (mode !== null) takes.push({ path, to: placeOf('backup') });
    if (!content) continue;
    const from = await drafts.file([content], mode ?? undefined, signal, placeOf('draft'));
    puts.push({ path, from, digest: digestOf(content) });
  }
  return { takes, puts, modes: [], restore: [] };
}
