/** Services, file associations and the like that a patch changes, as far as the patch alone knows. */
import { unpack, verify } from '../../../plugins/index.ts';
import { hiveRootOf } from '../../layer/hive-names.ts';
import { registryEncoding } from '../../patch/hive-delta.ts';
import { decodeDelta } from '../../registry/delta/decode-delta.ts';
import { objectsOfDelta } from '../../registry/objects/delta-objects.ts';
import type { ObjectChange } from '../../registry/objects/object.ts';
import { contentsOf, isChange } from '../../stream/file.ts';
import { openArchiveFile } from '../../stream/open-archive-file.ts';
import { type PatchFacts, unchecked } from '../read-patch.ts';
import type { Session } from '../session.ts';

/** Reads the patch once more, but only where it changes a hive. */
export async function patchObjects(
  session: Session,
  path: string,
  { changes }: PatchFacts,
): Promise<readonly ObjectChange[]> {
  if (!changes.some(({ name }) => hiveRootOf(name) !== null)) return [];
  const found: ObjectChange[] = [];
  const noted = session.notes.map(({ code }) => code);
  await session.run(
    [openArchiveFile(path), unpack(unchecked), verify(unchecked)],
    async (file) => {
      if (!isChange(file)) return;
      const root = hiveRootOf(file.change.name);
      if (root === null || !file.change.encoding.includes(registryEncoding)) return;
      for (const one of objectsOfDelta(decodeDelta(await contentsOf(file)), root)) found.push(one);
    },
    [...noted, 'untrusted'],
  );
  return found;
}
