import { expect } from 'chai';
import fc from 'fast-check';
import { entryName } from '../../src/layer/name.ts';
import { toCanonicalJson } from '../../src/patch/canonical-json.ts';
import type { Change } from '../../src/patch/change.ts';
import { frameSize } from '../../src/patch/frames.ts';
import { decodeIndex, encodeIndex } from '../../src/patch/index-table.ts';
import { defaultLimits } from '../../src/patch/limits.ts';
import {
  add,
  changeLists,
  expectFailure,
  file,
  framesOf,
  move,
  payloadOfFrames,
  remove,
  someDigest,
} from './samples.ts';

const decode = (changes: readonly object[], frames = framesOf(changes as Change[]), format = 1): unknown =>
  decodeIndex(toCanonicalJson({ changes, frames }), { format, payload: payloadOfFrames(frames) });

const reference = { name: entryName('AppRoot/other'), size: 3, digest: someDigest };
const hive = { type: 'hive', size: 3, digest: someDigest } as const;

describe('index (FORMAT §5)', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(changeLists, (changes) => {
        const frames = framesOf(changes);
        const data = encodeIndex({ changes, frames });
        const index = decodeIndex(data, { format: 1, payload: payloadOfFrames(frames) });
        expect(index).to.deep.equal({ changes, frames });
      }),
    );
  });

  it('ignores unknown fields of a later format only', async () => {
    const changes = [{ ...add('AppRoot/a'), extra: 1 }];
    await expectFailure('E_FORMAT', /changes\[0\]: Unrecognized key: "extra"/, () => decode(changes));
    expect(decode(changes, undefined, 2)).to.deep.equal({
      changes: [add('AppRoot/a')],
      frames: framesOf([add('AppRoot/a')]),
    });
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
    ['an unknown kind', /changes\[0\]\.kind/, [{ ...add('AppRoot/a'), kind: 'keep' }]],
    ['an unknown type', /changes\[0\]\.after/, [{ ...add('AppRoot/a'), after: { type: 'socket' } }]],
    ['an add with a before', /before/, [{ ...add('AppRoot/a'), before: file(1) }]],
    ['a remove with an after', /after/, [{ ...remove('AppRoot/a'), after: file(1) }]],
    ['a missing encoding', /encoding/, [{ ...add('AppRoot/a'), encoding: undefined }]],
    ['a mode out of range', /mode/, [add('AppRoot/a', { type: 'directory', mode: 0o10000 })]],
    ['a mode on a link', /Unrecognized/, [add('AppRoot/a', { type: 'link', to: 'b', mode: 1 } as never)]],
    ['a move to itself', /itself/, [move('AppRoot/a', 'AppRoot/a')]],
    ['a move of a link', /unchanged file/, [move('AppRoot/a', 'AppRoot/b', { type: 'link', to: 'x' })]],
    ['a move that changes', /unchanged file/, [{ ...move('AppRoot/a', 'AppRoot/b'), after: file(3, 9) }]],
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
    ['a file in the registry area', /hives/, [add('Registry/machine')]],
    ['a folder in the registry area', /hives/, [add('Registry', { type: 'directory' })]],
    ['an unknown hive', /hives/, [add('Registry/other', hive)]],
    ['a hive elsewhere', /hives/, [add('AppRoot/machine', hive)]],
    ['a file moved out of the registry area', /hives/, [move('Registry/machine', 'AppRoot/a')]],
  ] as const) {
    it(`refuses ${name}`, () => expectFailure('E_FORMAT', message, () => decode(changes)));
  }

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
    const [first, second] = framesOf(changes) as [object, object];
    const cut = (a: object, b: object) => () =>
      decode(changes, [
        { ...first, ...a },
        { ...second, ...b },
      ] as never);
    await expectFailure('E_FORMAT', /frames\[0\]\.size/, cut({ size: 5 }, { size: frameSize }));
    await expectFailure('E_FORMAT', /frames\[1\]\.size/, cut({}, { size: 6, stored: 6 }));
    await expectFailure('E_FORMAT', /frames\[1\]\.stored/, cut({}, { stored: 4 }));
    await expectFailure('E_FORMAT', /frames\[1\]\.stored/, cut({}, { encoding: ['brotli/1'], stored: 6 }));
    await expectFailure('E_FORMAT', /2 frames, not 1/, () => decode(changes, [first] as never));
    await expectFailure('E_FORMAT', /frames/, () => decode([], [second] as never));
  });

  it('refuses frames that the manifest does not know', () =>
    expectFailure('E_FORMAT', /manifest/, () => {
      const changes = [add('AppRoot/a')];
      const frames = framesOf(changes);
      decodeIndex(encodeIndex({ changes, frames }), {
        format: 1,
        payload: { frames: 1, size: 3, stored: 2 },
      });
    }));

  it('keeps to its limits', async () => {
    const changes = [add('AppRoot/a', file(10)), add('Registry/machine', hive)];
    const frames = framesOf(changes);
    const manifest = { format: 1, payload: payloadOfFrames(frames) };
    const data = encodeIndex({ changes, frames });
    for (const limits of [{ changes: 1 }, { file: 9 }, { hive: 2 }, { index: 50 }]) {
      await expectFailure('E_LIMIT', /too large/, () =>
        decodeIndex(data, manifest, { ...defaultLimits, ...limits }),
      );
    }
  });

  it('reads 20,000 changes in well under a second', () => {
    const after = file(3);
    const changes = Array.from({ length: 20_000 }, (_, at) =>
      add(`AppRoot/d/f${String(at).padStart(6, '0')}`, after),
    );
    const frames = framesOf(changes);
    const data = encodeIndex({ changes, frames });
    const start = process.cpuUsage().user;
    decodeIndex(data, { format: 1, payload: payloadOfFrames(frames) });
    expect(process.cpuUsage(undefined).user - start).to.be.below(2_000_000);
  });
});
