import { expect } from 'chai';
import fc from 'fast-check';
import { digestOf } from '../../src/bytes.ts';
import { isPatchError } from '../../src/errors.ts';
import { entryName } from '../../src/layer/name.ts';
import type { Change } from '../../src/patch/change.ts';
import { type FrameRecord, frameSize } from '../../src/patch/frames.ts';
import type { Group } from '../../src/patch/group.ts';
import { type PatchIndex, decodeIndex, encodeIndex } from '../../src/patch/index-table.ts';
import { checkLength, formatIndex } from '../../src/patch/index-wire.ts';
import { defaultLimits } from '../../src/patch/limits.ts';
import { wireWriter } from '../../src/patch/wire.ts';
import {
  add,
  cutShort,
  expectFailure,
  file,
  framesOf,
  group,
  grouped,
  indexOf,
  indexes,
  move,
  remove,
  someDigest,
} from './samples.ts';

/** Reads what a writer without any checks makes of these. */
const decode = (
  changes: readonly object[],
  groups: readonly Group[] = [],
  frames: readonly FrameRecord[] = framesOf(changes as Change[], groups),
): PatchIndex => decodeIndex(formatIndex(indexOf(changes as Change[], groups, frames)));

const reference = { name: entryName('AppRoot/other'), size: 3, digest: someDigest };
const hive = { type: 'hive', size: 3, digest: someDigest } as const;

describe('index (FORMAT §5)', () => {
  it('comes back as it was written, with digests that are cut short', () => {
    fc.assert(
      fc.property(indexes, (index) => {
        expect(decodeIndex(encodeIndex(index))).to.deep.equal(cutShort(index));
      }),
    );
  });

  it('is written the same from what was read', () => {
    fc.assert(
      fc.property(indexes, (index) => {
        const data = encodeIndex(index);
        expect(Buffer.compare(encodeIndex(decodeIndex(data)), data)).to.equal(0);
      }),
    );
  });

  it('with any byte changed is refused, or is another index', () => {
    fc.assert(
      fc.property(indexes, fc.integer({ min: 1, max: 255 }), (index, mask) => {
        const data = encodeIndex(index);
        const was = decodeIndex(data);
        for (let at = 0; at < data.length; at++) {
          const bad = Uint8Array.from(data);
          bad[at] = (bad[at] ?? 0) ^ mask;
          const now = decodeOrNull(bad);
          if (now) expect(now, `byte ${at}`).to.not.deep.equal(was);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('cut off anywhere, or with something behind it, is refused', () => {
    fc.assert(
      fc.property(indexes, (index) => {
        const data = encodeIndex(index);
        for (let size = 0; size < data.length; size++) {
          expect(decodeOrNull(data.subarray(0, size)), `${size} bytes`).to.equal(null);
        }
        expect(decodeOrNull(Buffer.concat([data, Buffer.alloc(1)])), 'one more').to.equal(null);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused or read, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (rest) => void decodeOrNull(Buffer.concat([magic, rest])),
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps fewer bytes of each digest, the more there are', () => {
    for (const [count, bytes] of [
      [1, 2],
      [256, 2],
      [257, 1],
      [2048, 1],
      [2049, 0],
    ] as const) {
      const changes = Array.from({ length: count }, (_, at) =>
        add(`AppRoot/f${String(at).padStart(5, '0')}`, file(3, at)),
      );
      const [first] = decodeIndex(encodeIndex(indexOf(changes))).changes;
      expect(checkLength(count)).to.equal(bytes);
      expect(first?.after && 'digest' in first.after && first.after.digest).to.equal(
        digestOf(Uint8Array.of(0)).slice(0, 'sha256:'.length + 2 * bytes),
      );
    }
  });

  for (const [name, changes] of [
    ['moves in a circle', [move('AppRoot/b', 'AppRoot/a'), move('AppRoot/a', 'AppRoot/b')]],
    [
      'a folder that becomes a file',
      [{ ...add('AppRoot/a'), kind: 'modify', before: { type: 'directory' } }, remove('AppRoot/a/x')],
    ],
    [
      'a file that becomes a folder',
      [{ ...add('AppRoot/a', { type: 'directory' }), kind: 'modify', before: file(3) }, add('AppRoot/a/x')],
    ],
    [
      'a file that moves below its own name',
      [move('AppRoot/a', 'AppRoot/a/x')].flatMap((one) => [add('AppRoot/a', { type: 'directory' }), one]),
    ],
    [
      'a folder between its neighbours',
      [add('AppRoot/a', { type: 'directory' }), add('AppRoot/a b'), add('AppRoot/a/x')],
    ],
    ['hives', [add('Registry/machine', hive), add('Registry/user-template', hive)]],
    [
      'a change of mode only',
      [
        {
          ...add('AppRoot/a'),
          kind: 'modify',
          before: file(3),
          after: { ...file(3), mode: 0o755 },
          encoding: ['copy/1'],
          payload: 0,
        },
      ],
    ],
  ] as const) {
    it(`accepts ${name}`, () => void decode(changes));
  }

  for (const [name, message, changes] of [
    ['a wrong order', /out of order/, [add('AppRoot/b'), add('AppRoot/a')]],
    ['UTF-16 order', /out of order/, [add('AppRoot/😀'), add('AppRoot/\uffee')]],
    ['a repeated name', /occurs twice/, [add('AppRoot/a'), remove('AppRoot/a')]],
    ['an add with a before', /before/, [{ ...add('AppRoot/a'), before: file(1) }]],
    ['a remove with an after', /after/, [{ ...remove('AppRoot/a'), after: file(1) }]],
    ['a bad encoding', /changes\[0\]\.encoding/, [{ ...add('AppRoot/a'), encoding: ['brotli'] }]],
    ['an add of nothing', /changes\[0\]\.after/, [{ ...add('AppRoot/a'), after: null, payload: 0 }]],
    ['a modify of nothing', /changes\[0\]\.before/, [{ ...add('AppRoot/a'), kind: 'modify' }]],
    ['a move of nothing', /changes\[0\]/, [{ ...move('AppRoot/a', 'AppRoot/b'), before: null }]],
    ['a mode out of range', /mode/, [add('AppRoot/a', { type: 'directory', mode: 0o10000 })]],
    ['a move to itself', /itself/, [move('AppRoot/a', 'AppRoot/a')]],
    ['a move of a link', /unchanged file/, [move('AppRoot/a', 'AppRoot/b', { type: 'link', to: 'x' })]],
    [
      'a move into another type',
      /changes\[0\]/,
      [{ ...move('AppRoot/a', 'AppRoot/b'), after: { type: 'link', to: 'x' } }],
    ],
    ['a move with a payload', /no content/, [{ ...move('AppRoot/a', 'AppRoot/b'), payload: 3 }]],
    [
      'two moves from one name',
      /changed twice/,
      [move('AppRoot/a', 'AppRoot/b'), move('AppRoot/a', 'AppRoot/c')],
    ],
    ['a move from a removed name', /changed twice/, [remove('AppRoot/a'), move('AppRoot/a', 'AppRoot/c')]],
    ['a link with a payload', /no content/, [{ ...add('AppRoot/a', { type: 'link', to: 'b' }), payload: 1 }]],
    [
      'a folder with an encoding',
      /no content/,
      [{ ...add('AppRoot/a', { type: 'directory' }), encoding: ['x/1'] }],
    ],
    ['a remove with a reference', /reference/, [{ ...remove('AppRoot/a'), reference }]],
    ['a reference without a coding', /not coded/, [{ ...add('AppRoot/a'), reference }]],
    ['a content of another size', /size of its payload/, [{ ...add('AppRoot/a'), payload: 2 }]],
    ['a copy with a payload', /is a copy/, [{ ...add('AppRoot/a'), encoding: ['copy/1'], reference }]],
    ['a copy of nothing', /something else/, [{ ...add('AppRoot/a'), encoding: ['copy/1'], payload: 0 }]],
    [
      'a copy of something else',
      /something else/,
      [{ ...add('AppRoot/a'), encoding: ['copy/1'], payload: 0, reference: { ...reference, size: 4 } }],
    ],
    ['an entry below a file', /AppRoot\/a is no folder/, [add('AppRoot/a'), add('AppRoot/a/b/c')]],
    [
      'an entry below a removed name',
      /no folder/,
      [remove('AppRoot/a', { type: 'directory' }), add('AppRoot/a/b')],
    ],
    ['an entry below a moved name', /no folder/, [add('AppRoot/a/b'), move('AppRoot/a', 'AppRoot/c')]],
    ['an entry below a link', /no folder/, [add('AppRoot/a', { type: 'link', to: 'b' }), add('AppRoot/a/b')]],
    ['a change in a group that is not there', /there is no group 0/, [grouped(add('AppRoot/a'), 0)]],
    ['a hive in a group', /not a plain file/, [grouped(add('Registry/machine', hive), 0)]],
    ['a folder in a group', /no content/, [grouped(add('AppRoot/a', { type: 'directory' }), 0)]],
    ['a removal in a group', /no content/, [grouped(remove('AppRoot/a'), 0)]],
    ['a move in a group', /no content/, [grouped(move('AppRoot/a', 'AppRoot/b'), 0)]],
    ['a payload beside a group', /not a plain file/, [{ ...grouped(add('AppRoot/a'), 0), payload: 3 }]],
    [
      'an encoding beside a group',
      /not a plain file/,
      [{ ...grouped(add('AppRoot/a'), 0), encoding: ['xdelta3/1'] }],
    ],
    ['a reference beside a group', /not a plain file/, [{ ...grouped(add('AppRoot/a'), 0), reference }]],
    ['a file in the registry area', /hives/, [add('Registry/machine')]],
    ['a folder in the registry area', /hives/, [add('Registry', { type: 'directory' })]],
    ['an unknown hive', /hives/, [add('Registry/other', hive)]],
    ['a hive elsewhere', /hives/, [add('AppRoot/machine', hive)]],
    ['a file moved out of the registry area', /hives/, [move('Registry/machine', 'AppRoot/a')]],
  ] as const) {
    it(`refuses ${name}`, () => expectFailure('E_FORMAT', message, () => decode(changes)));
  }

  it('refuses to write a move that changes', () =>
    expectFailure('E_FORMAT', /unchanged file/, () =>
      encodeIndex(indexOf([{ ...move('AppRoot/a', 'AppRoot/b'), after: file(3, 9) } as Change])),
    ));

  for (const [name, message, groups, changes] of [
    ['a group that nothing is in', /groups\[1\]: it has no content/, [group(), group()], undefined],
    [
      'a group of empty files',
      /groups\[0\]: it has no content/,
      [group()],
      [grouped(add('AppRoot/a', file(0)), 0)],
    ],
    ['more groups than changes', /more groups/, [group(), group(), group()], undefined],
    ['a group that nothing codes', /groups\[0\]\.encoding/, [{ ...group(), encoding: [] }], undefined],
    ['a group of two codecs', /groups\[0\]\.encoding/, [{ ...group(), encoding: ['a/1', 'b/1'] }], undefined],
    ['a group without a payload', /groups\[0\]\.payload/, [group([], 0)], undefined],
    ['a reference twice', /groups\[0\]\.references/, [group([reference, reference])], undefined],
  ] as const) {
    it(`refuses ${name}`, () =>
      expectFailure('E_FORMAT', message, () =>
        decode(changes ?? [grouped(add('AppRoot/a'), 0), add('AppRoot/b')], groups),
      ));
  }

  it('says a reference to a file that it changes by its place', () => {
    const before = file(3, 5);
    const gone = remove('AppRoot/b', before);
    const known = { name: gone.name, size: 3, digest: digestOf(Uint8Array.of(5)) };
    const changes = [grouped(add('AppRoot/a'), 0), gone, move('Other/x', 'AppRoot/c')];
    const moved = { name: entryName('Other/x'), size: 3, digest: someDigest };
    const short = encodeIndex(indexOf(changes, [group([moved, known])]));
    const long = encodeIndex(
      indexOf(changes, [group([reference, { ...known, name: entryName('AppRoot/x') }])]),
    );
    expect(long.length - short.length).to.be.above(2 * 'AppRoot/'.length);
    expect(decodeIndex(short).groups[0]?.references.map(({ name }) => name)).to.deep.equal([
      'Other/x',
      'AppRoot/b',
    ]);
  });

  it('refuses unsafe names and links', async () => {
    await expectFailure('E_NAME', /AppRoot\/\.\./, () =>
      decode([{ ...add('AppRoot/a'), name: 'AppRoot/..' }]),
    );
    await expectFailure('E_NAME', /\/etc/, () =>
      decode([{ ...move('AppRoot/a', 'AppRoot/b'), from: '/etc' }]),
    );
    await expectFailure('E_NAME', /leads out/, () =>
      decode([add('AppRoot/a', { type: 'link', to: '../x' })]),
    );
    await expectFailure('E_NAME', /absolute/, () =>
      decode([remove('AppRoot/a', { type: 'link', to: '/x' })]),
    );
  });

  it('refuses frames that are cut in another way', async () => {
    const changes = [add('AppRoot/a', file(frameSize + 5))];
    const [first, second] = framesOf(changes) as [FrameRecord, FrameRecord];
    const cut = (a: object, b: object) => () =>
      decode(
        changes,
        [],
        [
          { ...first, ...a },
          { ...second, ...b },
        ],
      );
    await expectFailure('E_FORMAT', /frames\[0\]\.size/, cut({ size: 5 }, { size: frameSize }));
    await expectFailure('E_FORMAT', /frames\[1\]\.size/, cut({}, { size: 6, stored: 6 }));
    await expectFailure('E_FORMAT', /frames\[1\]\.stored/, cut({}, { stored: 4 }));
    await expectFailure('E_FORMAT', /frames\[1\]\.stored/, cut({}, { encoding: ['brotli/1'], stored: 6 }));
    await expectFailure(
      'E_FORMAT',
      /frames\[1\]\.encoding: it has more than one step/,
      cut({}, { encoding: ['brotli/1', 'brotli/1'], stored: 4 }),
    );
    await expectFailure('E_FORMAT', /2 frames, not 1/, () => decode(changes, [], [first]));
    await expectFailure('E_FORMAT', /frames/, () => decode([], [], [second]));
  });

  it('gives the payloads of groups frames of their own', async () => {
    const changes = [grouped(add('AppRoot/a'), 0), add('AppRoot/b')];
    const groups = [group([], frameSize + 1)];
    const sizes = decode(changes, groups).frames.map(({ size }) => size);
    expect(sizes).to.deep.equal([3, frameSize, 1]);
    const together = framesOf([{ ...add('AppRoot/b'), payload: frameSize + 4 }]);
    await expectFailure('E_FORMAT', /3 frames, not 2/, () => decode(changes, groups, together));
  });

  it('refuses what no writer writes', async () => {
    const good = Buffer.from(encodeIndex(indexOf([add('AppRoot/a')])));
    const bent = (at: number, ...bytes: readonly number[]): Buffer => {
      const bad = Buffer.from(good);
      bad.set(bytes, at);
      return bad;
    };
    const refused = (message: RegExp, data: Uint8Array): Promise<void> =>
      expectFailure('E_FORMAT', message, () => decodeIndex(data));
    await refused(/does not begin/, bent(3, 2));
    await refused(/checks have 33/, bent(7, 33));
    // A digest of three bytes for two.
    await refused(
      /not in its one form/,
      Buffer.concat([bent(7, 3).subarray(0, 24), Buffer.alloc(1), good.subarray(24)]),
    );
    await refused(/unknown type/, bent(8, 255));
    await refused(/shares more/, bent(9, 1));
    const names = good.indexOf('AppRoot/a\0');
    await refused(/not valid UTF-8/, bent(names, 0xc0, 0x80));
    await refused(
      /shortest form/,
      Buffer.concat([good.subarray(0, 9), Buffer.of(0x80, 0), good.subarray(10)]),
    );
    await refused(/too large/, Buffer.concat([good.subarray(0, 9), Buffer.alloc(8, 255), Buffer.of(1)]));
    await refused(/not in its one form/, decodeTwice());
  });

  it('does not believe counts', async () => {
    for (const counts of [
      [2 ** 40, 0, 0, 4],
      [0, 2 ** 50, 0, 4],
      [0, 0, 2 ** 53 - 1, 4],
      [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1, 4],
    ]) {
      const out = wireWriter();
      out.bytes(magic);
      counts.forEach((count) => out.number(count));
      out.bytes(new Uint8Array(1000));
      await expectFailure('E_FORMAT', /cut off/, () => decodeIndex(out.finish()));
    }
  });

  it('does not write out names without end', async () => {
    // FORMAT §5.1: a few bytes may stand for a long name.
    const changes = Array.from({ length: 2000 }, (_, at) =>
      remove(`AppRoot/${'x'.repeat(200)}/${'y'.repeat(200)}/${String(at).padStart(5, '0')}`),
    );
    const data = encodeIndex(indexOf(changes));
    expect(data.length).to.be.below(50_000);
    await expectFailure('E_LIMIT', /list of names/, () =>
      decodeIndex(data, { ...defaultLimits, index: 100_000 }),
    );
  });

  it('keeps to its limits', async () => {
    const changes = [
      add('AppRoot/a', file(10)),
      grouped(add('AppRoot/b', file(8)), 0),
      add('Registry/machine', hive),
    ];
    const data = encodeIndex(
      indexOf(changes, [group([reference, { ...reference, name: entryName('Other/x') }])]),
    );
    for (const limits of [{ changes: 2 }, { file: 9 }, { file: 7 }, { hive: 2 }, { index: 50 }]) {
      await expectFailure('E_LIMIT', /too large/, () => decodeIndex(data, { ...defaultLimits, ...limits }));
    }
    const [first, second] = ['a', 'b'].map((name) => grouped(add(`AppRoot/${name}`, file(5)), 0));
    const both = encodeIndex(indexOf([first, second] as Change[], [group()]));
    await expectFailure('E_LIMIT', /groups\[0\]/, () => decodeIndex(both, { ...defaultLimits, file: 9 }));
    const many = Array.from({ length: 9 }, (_, at) => ({ ...reference, name: entryName(`Other/${at}`) }));
    const references = encodeIndex(indexOf([first] as Change[], [group(many)]));
    await expectFailure('E_LIMIT', /list of references/, () =>
      decodeIndex(references, { ...defaultLimits, changes: 8 }),
    );
  });

  it('reads 20,000 changes in well under a second', () => {
    const after = file(3);
    const changes = Array.from({ length: 20_000 }, (_, at) =>
      add(`AppRoot/d/f${String(at).padStart(6, '0')}`, after),
    );
    const data = encodeIndex(indexOf(changes));
    expect(data.length, 'bytes a change').to.be.below(20_000 * 20);
    const start = process.cpuUsage().user;
    decodeIndex(data);
    expect(process.cpuUsage(undefined).user - start).to.be.below(2_000_000);
  });
});

const magic = Buffer.from('VPI\u0001', 'latin1');

function decodeOrNull(data: Uint8Array): PatchIndex | null {
  try {
    return decodeIndex(data);
  } catch (error) {
    if (isPatchError(error) && ['E_FORMAT', 'E_NAME', 'E_LIMIT'].includes(error.code)) return null;
    throw error;
  }
}

/** An index whose second name says again what it shares with the first. */
function decodeTwice(): Uint8Array {
  const data = Buffer.from(encodeIndex(indexOf([remove('AppRoot/a'), remove('AppRoot/b')])));
  const shared = 'AppRoot/'.length;
  const names = data.indexOf('AppRoot/a\0b\0');
  const at = data.indexOf(Buffer.of(0, shared));
  data[at + 1] = shared - 1;
  return Buffer.concat([data.subarray(0, names + 10), Buffer.from('/'), data.subarray(names + 10)]);
}
