/** Targets in which someone put links, pipes and folders that lead a patch elsewhere. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../../src/errors.ts';
import type { Scene } from '../target.ts';
import { type Piece, add, addMeta, contentAt, metaOf, move, remove } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const trap = (
  name: string,
  code: ErrorCode,
  says: RegExp,
  prepare: (scene: Scene) => void,
  pieces?: readonly Piece[],
): Hostile => ({
  name: `a target with ${name}`,
  code,
  says,
  prepare,
  ...(pieces && { twist: { pieces: () => pieces } }),
});
/** Puts a link in place of something of the application. */
const link = (path: string, to: (scene: Scene) => string) => (scene: Scene) => {
  rmSync(join(scene.app, path), { recursive: true, force: true });
  symlinkSync(to(scene), join(scene.app, path));
};
const outside = ({ outside }: Scene): string => outside;
const old = metaOf(contentAt('dir/old.txt'));

export const targets: readonly Hostile[] = [
  trap('a folder that is a link to outside', 'E_NAME', /is a link to .*absolute/, link('dir', outside), [
    remove('AppRoot/dir/old.txt', old),
  ]),
  trap(
    'a folder that is a relative link to outside',
    'E_NAME',
    /is a link to .*leads out/,
    link('dir', () => '../../outside'),
    [add('AppRoot/dir/evil')],
  ),
  trap('a folder that is a link to outside, to be added to', 'E_NAME', /is a link to/, link('dir', outside), [
    add('AppRoot/dir/evil'),
  ]),
  trap(
    'a folder that is a link to outside, to be moved into',
    'E_NAME',
    /is a link to/,
    link('dir', outside),
    [move('AppRoot/lib/a.dll', 'AppRoot/dir/evil', metaOf(contentAt('lib/a.dll')))],
  ),
  trap('a folder that is a link to outside, to be made', 'E_NAME', /is a link to/, link('dir', outside), [
    addMeta('AppRoot/dir', { type: 'directory', mode: 0o777 }),
    add('AppRoot/dir/evil'),
  ]),
  trap(
    'a folder that is a link inside',
    'E_BASE_MISMATCH',
    /AppRoot\/way: is a link, not a directory/,
    link('way', () => 'dir'),
    [add('AppRoot/way/evil')],
  ),
  trap(
    'a folder that is a link to a link to outside',
    'E_BASE_MISMATCH',
    /AppRoot\/way: is a link, not a directory/,
    (scene) => {
      link('second', outside)(scene);
      link('way', () => 'second')(scene);
    },
    [add('AppRoot/way/evil')],
  ),
  trap('a link to outside further up', 'E_NAME', /is a link to/, link('dir', outside), [
    addMeta('AppRoot/dir/dir', { type: 'directory', mode: 0o777 }),
    add('AppRoot/dir/dir/evil'),
  ]),
  trap(
    'a file that is a link to outside',
    'E_NAME',
    /is a link to/,
    link('readme.txt', (scene) => join(scene.outside, 'secret')),
  ),
  trap(
    'a file that is a link inside',
    'E_BASE_MISMATCH',
    /is a link, not a file/,
    link('readme.txt', () => 'dir/keep.txt'),
  ),
  trap(
    'a link that leads elsewhere where the patch removes one',
    'E_BASE_MISMATCH',
    /leads to dir, not to readme.txt/,
    link('latest', () => 'dir'),
    [remove('AppRoot/latest', { type: 'link', to: 'readme.txt' })],
  ),
  trap(
    'a copy whose source is a link to outside',
    'E_NAME',
    /is a link to/,
    link('dir/keep.txt', (scene) => join(scene.outside, 'secret')),
  ),
  trap('a file in place of a folder', 'E_BASE_MISMATCH', /is missing/, ({ app }) => {
    rmSync(join(app, 'dir'), { recursive: true });
    writeFileSync(join(app, 'dir'), 'x');
  }),
  trap('a folder in place of a file', 'E_BASE_MISMATCH', /is a directory, not a file/, ({ app }) => {
    rmSync(join(app, 'readme.txt'));
    mkdirSync(join(app, 'readme.txt'));
  }),
];
