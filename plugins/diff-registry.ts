/** diff-registry: a changed hive → the semantic difference of its keys and values. */
import { bytesOfFile, changeFile, isChange } from '../src/stream/file.ts';
import { hiveRootOf } from '../src/layer/hive-names.ts';
import { encodeHiveDelta } from '../src/patch/hive-delta.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

/** The delta's size follows the change; its id in `encoding` is `registry/1` (FORMAT §6.3). */
export const diffRegistry = (): Stage =>
  stage('diff-registry', async function* (files) {
    for await (const file of files) {
      const root = isChange(file) ? hiveRootOf(file.change.name) : null;
      if (
        !isChange(file) ||
        root === null ||
        file.change.kind === 'remove' ||
        file.change.encoding.length > 0
      ) {
        yield file;
        continue;
      }
      const delta = await encodeHiveDelta(root, file.before, bytesOfFile(file));
      yield await changeFile({ ...file.change, encoding: ['registry/1'] }, delta, file.before);
    }
  });
