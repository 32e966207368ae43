/** Indexes whose columns are not what they should be (FORMAT §5.1). */
import { digestOf } from '../../../src/bytes.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { entryName } from '../../../src/layer/name.ts';
import type { PatchIndex } from '../../../src/patch/index-table.ts';
import { type Piece, type Twist, add, addMeta, contentAt, metaOf, remove, sorted } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const lie = (name: string, says: RegExp, twist: Twist, code: ErrorCode = 'E_FORMAT'): Hostile => ({
  name: `an index ${name}`,
  code,
  says,
  twist,
});

/** The index of one folder that is added, column by column; a column that is given is another one. */
interface Columns {
  readonly magic?: string;
  readonly counts?: string;
  readonly kind?: string;
  readonly names?: string;
  readonly mode?: string;
  readonly group?: string;
  readonly encoding?: string;
  readonly payload?: string;
  readonly references?: string;
  readonly states?: string;
  readonly touched?: string;
}

const folder = Buffer.from('AppRoot/a\0').toString('hex');
function indexOf(bent: Columns): Buffer {
  const columns: Required<Columns> = {
    magic: '56504901',
    counts: '01000002',
    kind: (4 * 6 * 4).toString(16),
    names: `00${folder}`,
    mode: '00',
    group: '00',
    encoding: '00',
    payload: '00',
    references: '00',
    states: '01020304',
    touched: '00'.repeat(32),
    ...bent,
  };
  return Buffer.from(Object.values<string>({ ...columns }).join(''), 'hex');
}
const column = (
  name: string,
  says: RegExp,
  bent: Columns | ((honest: Uint8Array) => Uint8Array),
  code?: ErrorCode,
): Hostile =>
  lie(
    name,
    says,
    {
      pieces: () => [],
      indexBytes: (honest) => (typeof bent === 'function' ? bent(honest) : indexOf(bent)),
    },
    code,
  );
const index = (
  name: string,
  says: RegExp,
  change: (index: PatchIndex) => PatchIndex,
  code?: ErrorCode,
): Hostile => lie(name, says, { index: change }, code);

const kind = (before: number, after: number, of = 0): string =>
  (of + 4 * (before + 6 * after)).toString(16).padStart(2, '0');
const keep = metaOf(contentAt('dir/keep.txt'));
const kept = { name: entryName('AppRoot/dir/keep.txt'), size: keep.size, digest: keep.digest };
const grouped = (piece: Piece, group: number): Piece => ({
  change: { ...piece.change, encoding: [], payload: 0, group },
  payload: new Uint8Array(),
});
const group = { encoding: ['cover/1'], references: [kept], payload: 4 };
const payload = Buffer.from('evil');

export const columns: readonly Hostile[] = [
  column('of nothing', /cut off/, () => new Uint8Array()),
  column('of another version', /does not begin as one/, { magic: '56504902' }),
  column('that is JSON', /does not begin as one/, () => Buffer.from('{"changes":[]}')),
  column('that is cut off', /cut off/, (honest) => honest.subarray(0, -1)),
  column('with bytes behind its end', /behind its end/, (honest) => Buffer.concat([honest, Buffer.of(0)])),
  column('with a number that is not in its shortest form', /shortest/, { counts: '8100000002' }),
  column('with a number beyond 2^53', /too large/, { counts: 'ffffffffffffffff7f' }),
  column('with a number without an end', /too large/, { counts: 'ff'.repeat(100) }),
  column('with more changes than it has bytes', /cut off/, { counts: 'ffff030002' }),
  column(
    'with more changes than there may be',
    /list of changes is too large/,
    () => Buffer.concat([Buffer.from('5650490181897a000002', 'hex'), Buffer.alloc(2_100_000)]),
    'E_LIMIT',
  ),
  column('with more groups than changes', /more groups than changes/, { counts: '01020002' }),
  column('with more frames than bytes', /cut off/, { counts: '0100ffff0302' }),
  column('with longer checks than a digest', /checks have 33 bytes/, { counts: '01000021' }),
  column('with longer checks than there should be', /one form/, { counts: '01000003' }),
  column('with an unknown type after', /unknown type/, { kind: kind(0, 6) }),
  column('with an unknown type at the end of all', /unknown type/, { kind: 'ff' }),
  column('that adds what is there', /before/, { kind: kind(4, 4), mode: '0000' }),
  column('that removes what it leaves', /after/, { kind: kind(4, 4, 3), mode: '0000' }),
  column('that adds nothing', /after/, { kind: kind(0, 0), mode: '' }),
  column('that moves nothing', /before|after/, {
    kind: kind(0, 0, 2),
    names: `00${folder}00${folder}`,
    mode: '',
  }),
  column('whose name shares more than there is', /shares more/, { names: `01${folder}` }),
  column('whose name shares less than it could', /one form/, {
    counts: '02000002',
    kind: kind(0, 4).repeat(2),
    names: `0000${folder}${Buffer.from('AppRoot/b\0').toString('hex')}`,
    ...{ mode: '0000', group: '0000', encoding: '0000', payload: '0000', references: '0000' },
  }),
  column('whose name has no end', /cut off/, () => indexOf({}).subarray(0, 14)),
  column('whose name is not UTF-8', /not valid UTF-8/, { names: '00ff00' }),
  column('whose name is half of a surrogate pair', /not valid UTF-8/, { names: '00eda08000' }),
  column('whose name is written longer than UTF-8 has it', /not valid UTF-8/, { names: '00c1a100' }),
  column('whose name has a NUL', /malformed/, {
    names: `00${Buffer.from('AppRoot/a\0.png\0').toString('hex')}`,
  }),
  column(
    'whose names are far longer than it is',
    /list of names is too large/,
    () => {
      const count = 10_000;
      const number = Buffer.from('80fa01', 'hex'); // 32,000
      const first = Buffer.from(`AppRoot${'/a'.repeat(16_000)}\0`);
      return Buffer.concat([
        Buffer.from('56504901904e000002', 'hex'),
        Buffer.alloc(count, 4 * 6 * 4),
        ...[Buffer.of(0), ...Array.from({ length: count - 1 }, () => number)],
        ...[first, Buffer.from('b\0'.repeat(count - 1))],
        Buffer.alloc(count),
      ]);
    },
    'E_LIMIT',
  ),
  column('with a mode of more than permissions', /mode/, { mode: '8180' + '04' }),
  column('with nine steps of a coding', /too many steps/, { encoding: '09' }),
  column('with a coding of 2^40 bytes', /cut off/, { encoding: '01808080808020' }),
  column('with a coding that is not UTF-8', /not valid UTF-8/, { encoding: '0101ff' }),
  column('with a payload of a folder', /payload, but no content|make/, { payload: '04' }),
  column('with a group of a folder', /no group 0|but no content/, { group: '01' }),
  column('with a reference of a folder', /no content|one form/, { references: '010001780000' + '00' }),
  column('with more references than bytes', /cut off/, { references: 'ffff03' }),
  column('with a reference to a change that is not there', /reference is to change 4/, {
    references: '0109',
  }),
  column('with a reference to a change before the first', /reference is to change -4/, {
    references: '0108',
  }),
  column('with a reference to a change without a file', /has no file before/, { references: '0101' }),
  column('with two references of a change', /several references/, {
    references: `02${`0009${Buffer.from('AppRoot/x').toString('hex')}000000`.repeat(2)}`,
  }),
  column('without its states', /cut off/, { states: '' }),
  column('with shorter digests of what is touched', /cut off/, { touched: '00'.repeat(31) }),
  column('with longer digests of what is touched', /behind its end/, { touched: '00'.repeat(64) }),
  lie('with a reference by name to what it changes', /is among the changes/, {
    pieces: () => [remove('AppRoot/dir/keep.txt', keep)],
    indexBytes: (honest) => {
      // The reference column of the change: no reference, before the states.
      const at = honest.length - 32 - 6 - 1;
      const name = Buffer.from('AppRoot/dir/keep.txt');
      const reference = Buffer.concat([Buffer.of(1, 0, name.length), name, Buffer.of(4, 0, 0)]);
      return Buffer.concat([honest.subarray(0, at), reference, honest.subarray(at + 1)]);
    },
  }),
  index('with a group that nothing is in', /groups\[0\]: it has no content/, (one) => ({
    ...one,
    groups: [group],
  })),
  lie('with a group of empty files', /has no content/, {
    pieces: () => [grouped(add('AppRoot/a', ''), 0)],
    groups: [{ group, payload }],
  }),
  lie('with a group that is not there', /there is no group 7/, {
    pieces: () => [grouped(add('AppRoot/a'), 7)],
  }),
  lie('with a group without a codec', /not one codec/, {
    pieces: () => [grouped(add('AppRoot/a'), 0)],
    groups: [{ group: { ...group, encoding: [] }, payload }],
  }),
  lie('with a group without a payload', /payload: it is empty/, {
    pieces: () => [grouped(add('AppRoot/a'), 0)],
    groups: [{ group: { ...group, payload: 0 }, payload: new Uint8Array() }],
  }),
  lie('with a group that refers to a file twice', /occurs twice/, {
    pieces: () => [grouped(add('AppRoot/a'), 0)],
    groups: [{ group: { ...group, references: [kept, kept] }, payload }],
  }),
  lie('with a group in a folder of its own', /in a group, but not a plain file|no content/, {
    pieces: () =>
      sorted([grouped(addMeta('AppRoot/a', { type: 'directory' }), 0), grouped(add('AppRoot/b'), 0)]),
    groups: [{ group, payload }],
  }),
  lie(
    'with a group of more than one file may have',
    /too large/,
    {
      pieces: () =>
        ['a', 'b'].map((name) => {
          const { change, ...rest } = grouped(add(`AppRoot/${name}`), 0);
          return { ...rest, change: { ...change, after: { ...metaOf('evil'), size: 2 ** 37 + 1 } } } as Piece;
        }),
      groups: [{ group, payload }],
    },
    'E_LIMIT',
  ),
  lie(
    'with a group of a codec that nobody has',
    /does not know/,
    {
      pieces: () => [grouped(add('AppRoot/a'), 0)],
      groups: [{ group: { ...group, encoding: ['evil/1'] }, payload }],
    },
    'E_CODEC',
  ),
  lie('with payloads of more than its frames', /payloads make 1 frames, not 0/, {
    frames: () => [],
  }),
  index('with a frame that is stored as more than there is', /other frames/, (one) => ({
    ...one,
    frames: one.frames.map((frame) => ({ ...frame, encoding: ['brotli/1'], stored: frame.size - 1 })),
  })),
  lie('with small frames in parts', /other frames than/, { inline: false }),
  lie('with large frames behind it', /other frames than|index is too large/, {
    pieces: () => [add('AppRoot/a', 'a'.repeat(65_537))],
    inline: true,
  }),
  index(
    'that promises another state of what it needs',
    /has another content, but the patch does not tell which/,
    (one) => ({ ...one, touched: { ...one.touched, before: digestOf(Buffer.from('other')) } }),
    'E_BASE_MISMATCH',
  ),
  index(
    'that promises another state of what it makes',
    /what the patch made is not what it promises/,
    (one) => ({ ...one, touched: { ...one.touched, after: digestOf(Buffer.from('other')) } }),
    'E_DIGEST',
  ),
];
