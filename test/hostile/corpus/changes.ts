/** Lists of changes that contradict themselves or each other (FORMAT §5). */
import type { ErrorCode } from '../../../src/errors.ts';
import { type Piece, add, addMeta, bare, contentAt, metaOf, move, remove, sorted } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const lie = (
  name: string,
  says: RegExp,
  pieces: readonly Piece[],
  code: ErrorCode = 'E_FORMAT',
): Hostile => ({
  name,
  code,
  says,
  twist: { pieces: () => pieces },
});
/** A change with fields that no type would allow. */
const bent = ({ change, payload }: Piece, fields: object): Piece => ({
  change: { ...change, ...fields },
  payload,
});
const dll = metaOf(contentAt('lib/a.dll'));
const text = metaOf(contentAt('readme.txt'));
const keep = metaOf(contentAt('dir/keep.txt'));
const hive = { type: 'hive', size: 4, digest: dll.digest } as const;
const copy = (reference: object): Piece =>
  bent(bare(add('AppRoot/copy', contentAt('dir/keep.txt')).change), {
    encoding: ['copy/1'],
    payload: 0,
    reference,
  });

export const changes: readonly Hostile[] = [
  lie('two changes of one name', /occurs twice/, [add('AppRoot/a'), add('AppRoot/a')]),
  lie('changes out of order', /out of order/, [add('AppRoot/b'), add('AppRoot/a')]),
  lie('a removal of what is added', /occurs twice/, [
    add('AppRoot/readme.txt'),
    remove('AppRoot/readme.txt', text),
  ]),
  lie('a file below a file', /no folder after the patch/, [add('AppRoot/a'), add('AppRoot/a/b')]),
  lie(
    'a file below a file of the base',
    /AppRoot\/readme.txt: is a file, not a directory/,
    [add('AppRoot/readme.txt/evil')],
    'E_BASE_MISMATCH',
  ),
  lie('a file below a removed folder', /no folder after/, [
    remove('AppRoot/empty', { type: 'directory' }),
    add('AppRoot/empty/evil'),
  ]),
  lie(
    'a file in a folder that nobody makes',
    /AppRoot\/nowhere: is missing/,
    [add('AppRoot/nowhere/evil')],
    'E_BASE_MISMATCH',
  ),
  lie(
    'a folder that its files take for one',
    /AppRoot\/a\/b: is missing/,
    [addMeta('AppRoot/a', { type: 'directory' }), add('AppRoot/a/b/c')],
    'E_BASE_MISMATCH',
  ),
  lie('two moves from one name', /changed twice/, [
    move('AppRoot/lib/a.dll', 'AppRoot/x', dll),
    move('AppRoot/lib/a.dll', 'AppRoot/y', dll),
  ]),
  lie(
    'a move from what is removed',
    /changed twice/,
    sorted([move('AppRoot/lib/a.dll', 'AppRoot/x', dll), remove('AppRoot/lib/a.dll', dll)]),
  ),
  lie('a move to itself', /moves to itself/, [move('AppRoot/lib/a.dll', 'AppRoot/lib/a.dll', dll)]),
  lie('a move of something else', /moves something else/, [
    bent(move('AppRoot/lib/a.dll', 'AppRoot/x', { type: 'directory' }), { after: { type: 'directory' } }),
  ]),
  lie(
    'a move onto a file of the base',
    /is there, but the patch adds it/,
    [move('AppRoot/lib/a.dll', 'AppRoot/readme.txt', dll)],
    'E_BASE_MISMATCH',
  ),
  lie(
    'moves in a chain whose end is taken',
    /readme.txt: is there/,
    sorted([
      move('AppRoot/lib/a.dll', 'AppRoot/dir/keep.txt', dll),
      move('AppRoot/dir/keep.txt', 'AppRoot/readme.txt', keep),
    ]),
    'E_BASE_MISMATCH',
  ),
  lie(
    'moves in a circle of contents that are not there',
    /has another content|bytes, not/,
    sorted([
      move('AppRoot/lib/a.dll', 'AppRoot/readme.txt', keep),
      move('AppRoot/readme.txt', 'AppRoot/lib/a.dll', keep),
    ]),
    'E_BASE_MISMATCH',
  ),
  lie('a circle that is none: two moves to one name', /occurs twice/, [
    move('AppRoot/dir/keep.txt', 'AppRoot/x', keep),
    move('AppRoot/lib/a.dll', 'AppRoot/x', dll),
  ]),
  lie(
    'a change that adds what is there',
    /is there, but the patch adds it/,
    [add('AppRoot/readme.txt')],
    'E_BASE_MISMATCH',
  ),
  lie(
    'a change of what is not there',
    /is missing/,
    [add('AppRoot/a'), remove('AppRoot/ghost', text)],
    'E_BASE_MISMATCH',
  ),
  lie(
    'a change of what is something else',
    /is a file, not a directory/,
    [remove('AppRoot/readme.txt', { type: 'directory' })],
    'E_BASE_MISMATCH',
  ),
  lie(
    'a copy of what is not there',
    /AppRoot\/ghost: is missing/,
    [copy({ name: 'AppRoot/ghost', size: keep.size, digest: keep.digest })],
    'E_BASE_MISMATCH',
  ),
  lie('a copy of something else', /copy of something else/, [
    copy({ name: 'AppRoot/readme.txt', size: text.size, digest: text.digest }),
  ]),
  lie(
    'a copy that lies about what it copies',
    /bytes, not|another content/,
    [copy({ name: 'AppRoot/readme.txt', size: keep.size, digest: keep.digest })],
    'E_BASE_MISMATCH',
  ),
  lie('a copy without a reference', /copy of something else/, [
    bent(bare(add('AppRoot/copy').change), { encoding: ['copy/1'], payload: 0 }),
  ]),
  lie('a copy that is coded twice', /is a copy, but/, [
    bent(copy({ name: 'AppRoot/dir/keep.txt', size: keep.size, digest: keep.digest }), {
      encoding: ['copy/1', 'xdelta3/1'],
    }),
  ]),
  lie('a mode with more than permissions', /mode/, [
    bent(add('AppRoot/a'), { after: { ...metaOf('evil'), mode: 0o104755 } }),
  ]),
  lie('an unknown codec', /does not know/, [bent(add('AppRoot/a'), { encoding: ['evil/1'] })], 'E_CODEC'),
  lie('a codec that is a path', /codec and its version/, [bent(add('AppRoot/a'), { encoding: ['/bin/sh'] })]),
  lie(
    'a codec of a later version',
    /does not know/,
    [bent(add('AppRoot/a'), { encoding: ['xdelta3/9'] })],
    'E_CODEC',
  ),
  lie('a payload for a folder', /has a payload, but no content/, [
    bent(add('AppRoot/a'), { after: { type: 'directory' } }),
  ]),
  lie('a delta against nothing', /content that is not there/, [
    bent(add('AppRoot/a'), { encoding: ['xdelta3/1'] }),
  ]),
  lie(
    'a delta against a folder',
    /is a directory, not a file/,
    [
      bent(add('AppRoot/a'), {
        encoding: ['xdelta3/1'],
        reference: { name: 'AppRoot/dir', size: 4, digest: dll.digest },
      }),
    ],
    'E_BASE_MISMATCH',
  ),
  lie(
    'a delta against a link',
    /is a link, not a file/,
    [
      bent(add('AppRoot/a'), {
        encoding: ['xdelta3/1'],
        reference: { name: 'AppRoot/latest', size: 3, digest: text.digest },
      }),
    ],
    'E_BASE_MISMATCH',
  ),
  lie('a file where a hive belongs', /hives are in Registry/, [add('Registry/machine')]),
  lie('a hive where a file belongs', /hives are in Registry/, [bent(add('AppRoot/a'), { after: hive })]),
  lie('a hive that nobody knows', /hives are in Registry/, [bent(add('Registry/SAM'), { after: hive })]),
  lie(
    'a file in the folder of another variable',
    /outside of an application directory/,
    [add('System/evil.dll')],
    'E_CONFLICT',
  ),
  lie("a variable's folder that is a file", /variable's folder/, [add('AppRoot')]),
  lie("a variable's folder that goes", /variable's folder/, [
    remove('AppRoot', { type: 'directory', mode: 0o755 }),
  ]),
  lie("a variable's folder with another mode", /variable's folder/, [
    addMeta('AppRoot', { type: 'directory', mode: 0 }),
  ]),
  lie(
    'a delete entry for a plain folder',
    /delete entries, which only a layer/,
    [addMeta('AppRoot/a', { type: 'delete-entry' })],
    'E_CONFLICT',
  ),
  lie(
    'names of sixteen thousand folders each',
    /is missing/,
    Array.from({ length: 300 }, (_, at) => add(`AppRoot/${100 + at}${'/a'.repeat(16_000)}`, '')),
    'E_BASE_MISMATCH',
  ),
  {
    name: 'more changes than there may be',
    code: 'E_LIMIT',
    says: /too large/,
    twist: {
      pieces: () => [
        bent(add('AppRoot/a'), {
          after: { ...metaOf('evil'), size: 2 ** 50 },
          payload: 4,
          encoding: ['xdelta3/1'],
        }),
      ],
    },
  },
];
