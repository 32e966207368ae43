import { expect } from 'chai';
import fc from 'fast-check';
import { digestOf } from '../../src/bytes.ts';
import { isPatchError } from '../../src/errors.ts';
import type { State } from '../../src/patch/manifest.ts';
import { orderSteps } from '../../src/patch/order-steps.ts';
import { type RoadStep, findRoad } from '../../src/patch/road.ts';
import { wantedVersion } from '../../src/patch/versions.ts';
import { refusal, runs } from '../fixtures/patching.ts';

const state = (version: string, content = version): State => ({
  version,
  digest: digestOf(Buffer.from(content)),
});

function patch(label: string, base: State, target: State, size = 1, id = 'notes'): RoadStep {
  const rules = { excludes: [], volatile: [], variables: [] };
  return { label, size, manifest: { application: { id, name: id }, base, target, rules } };
}

const v = (n: number): State => state(`1.${n}.0`);
const hop = (from: number, to: number, size = 1): RoadStep =>
  patch(`${from}-${to}.vpa`, v(from), v(to), size);
const labels = (steps: readonly { label: string }[]): string[] => steps.map(({ label }) => label);

/** Every way that passes no version twice, by brute force. */
function allWays(patches: readonly RoadStep[], from: State, seen: readonly string[] = []): RoadStep[][] {
  const next = patches.filter(
    ({ manifest: { base, target } }) =>
      base.digest === from.digest && target.digest !== from.digest && !seen.includes(target.digest),
  );
  return [
    [],
    ...next.flatMap((one) =>
      allWays(patches, one.manifest.target, [...seen, from.digest]).map((rest) => [one, ...rest]),
    ),
  ];
}

describe('patch: roads through patches', () => {
  const graphs = fc.uniqueArray(
    fc.record({ from: fc.nat(5), to: fc.nat(5), size: fc.integer({ min: 1, max: 5 }), label: fc.nat(999) }),
    { maxLength: 14, selector: ({ label }) => label },
  );

  it('are the cheapest: fewest bytes, then fewest patches, then the first labels, to the newest version', () =>
    fc.assert(
      fc.property(graphs, fc.nat(5), fc.constantFrom('*', '1.3.0', '>=1.2 <1.5'), (edges, start, text) => {
        const patches = edges
          .filter(({ from, to }) => from !== to)
          .map(({ from, to, size, label }) => patch(`${label}`, v(from), v(to), size));
        const wanted = wantedVersion(text, []);
        const sum = (way: readonly RoadStep[]): number => way.reduce((all, { size }) => all + size, 0);
        const end = (way: readonly RoadStep[]): State => way.at(-1)?.manifest.target ?? v(start);
        const ways = allWays(patches, v(start)).filter((way) => wanted.matches(end(way).version));
        const newest = ways
          .map((way) => end(way).version)
          .sort()
          .at(-1);
        const best = ways
          .filter((way) => end(way).version === newest)
          .sort((a, b) => {
            const [x, y] = [labels(a).join('/'), labels(b).join('/')].map((one) => one.split('/'));
            const first = x!.findIndex((one, at) => one !== y![at]);
            return (
              sum(a) - sum(b) || a.length - b.length || (first < 0 ? 0 : x![first]! < y![first]! ? -1 : 1)
            );
          })[0];
        try {
          const road = findRoad(patches, v(start), wanted);
          expect(labels(road.steps)).to.deep.equal(labels(best!));
          expect(road.size).to.equal(sum(best!));
          expect(road.to.version).to.equal(newest);
          if (road.steps.length > 1) {
            const shuffled = road.steps.toReversed();
            expect(labels(orderSteps(shuffled))).to.deep.equal(labels(road.steps));
          }
        } catch (error) {
          if (!isPatchError(error)) throw error;
          expect(best).to.equal(undefined);
          expect(error.code).to.equal('E_INPUT');
        }
      }),
      runs(500),
    ));

  it('prefers one large patch to many that are larger together, and the other way round', () => {
    const patches = [hop(0, 1, 10), hop(1, 2, 10), hop(0, 2, 19)];
    expect(labels(findRoad(patches, v(0), wantedVersion('1.2.0', [])).steps)).to.deep.equal(['0-2.vpa']);
    patches[2] = hop(0, 2, 21);
    expect(labels(findRoad(patches, v(0), wantedVersion('1.2.0', [])).steps)).to.deep.equal([
      '0-1.vpa',
      '1-2.vpa',
    ]);
  });

  it('is no patch long where the version is there', () => {
    expect(findRoad([hop(0, 1)], v(1), wantedVersion('latest', [])).steps).to.deep.equal([]);
  });

  for (const [title, patches, text, message] of [
    [
      'the link that is missing',
      [hop(0, 1), hop(2, 3)],
      '1.3.0',
      'no road from 1.0.0 to 1.3.0: patches reach 1.0.0, 1.1.0; a patch 1.1.0 → 1.2.0 is missing',
    ],
    [
      'that nothing starts there',
      [hop(1, 2)],
      '1.2.0',
      'no road from 1.0.0 to 1.2.0: no patch starts there; a patch 1.0.0 → 1.1.0 is missing',
    ],
    ['where patches lead', [hop(0, 1)], '2.0.0', 'no patch leads to 2.0.0; there are patches to 1.1.0'],
    [
      'two builds of one version',
      [hop(0, 1), patch('b.vpa', state('1.1.0', 'another'), v(2))],
      '1.2.0',
      'no road from 1.0.0 to 1.2.0: patches reach 1.0.0, 1.1.0; the 1.1.0 that patches make is not the 1.1.0 that others start from',
    ],
  ] as const) {
    it(`names ${title}`, async () => {
      const error = await refusal(() => findRoad(patches, v(0), wantedVersion(text, [])), 'E_INPUT');
      expect(error.message).to.equal(message);
    });
  }

  it('passes over a patch of modes alone by its version, since its state is the same', () => {
    const modes = patch('modes.vpa', v(1), { ...v(1), version: '1.1.1' });
    const patches = [hop(0, 1), modes, patch('next.vpa', { ...v(1), version: '1.1.1' }, v(2))];
    const road = findRoad(patches, v(0), wantedVersion('1.2.0', []));
    expect(labels(road.steps)).to.deep.equal(['0-1.vpa', 'modes.vpa', 'next.vpa']);
    expect(labels(orderSteps(patches.toReversed()))).to.deep.equal(labels(road.steps));
  });

  it('takes texts that are no semantic versions by themselves only', async () => {
    const patches = [patch('a.vpa', state('spring'), state('summer'))];
    expect(
      findRoad(patches, state('spring'), wantedVersion('summer', ['spring', 'summer'])).steps,
    ).to.have.length(1);
    await refusal(() => wantedVersion('summer', ['spring']), 'E_USAGE');
  });
});

describe('patch: the order of several patches', () => {
  for (const [title, patches, message] of [
    [
      'a link that is missing',
      [hop(2, 3), hop(0, 1)],
      'the patches do not follow each other: 0-1.vpa ends at 1.1.0, 2-3.vpa starts from 1.2.0; a patch 1.1.0 → 1.2.0 is missing',
    ],
    [
      'one that is there twice',
      [hop(0, 1), hop(0, 1)],
      '0-1.vpa and 0-1.vpa are the same step, 1.0.0 → 1.1.0',
    ],
    [
      'two that start at one version',
      [hop(0, 1), hop(0, 2)],
      '0-1.vpa and 0-2.vpa both start from 1.0.0, to 1.1.0 and to 1.2.0',
    ],
    [
      'two that end at one version',
      [hop(0, 2), hop(1, 2)],
      '0-2.vpa and 1-2.vpa both lead to 1.2.0, from 1.0.0 and from 1.1.0',
    ],
    ['a circle', [hop(0, 1), hop(1, 0)], '0-1.vpa, 1-0.vpa: lead round in a circle'],
    ['a circle beside a line', [hop(0, 1), hop(2, 3), hop(3, 2)], '2-3.vpa, 3-2.vpa: lead round in a circle'],
    [
      'another application',
      [hop(0, 1), patch('x.vpa', v(1), v(2), 1, 'other')],
      'the patches are for different applications: 0-1.vpa is for notes, x.vpa is for other',
    ],
    [
      'another build of a version',
      [hop(0, 1), patch('b.vpa', state('1.1.0', 'another'), v(2))],
      'the patches do not follow each other: the 1.1.0 that 0-1.vpa makes is not the 1.1.0 that b.vpa starts from',
    ],
  ] as const) {
    it(`refuses ${title}`, async () => {
      expect((await refusal(() => orderSteps(patches), 'E_INPUT')).message).to.equal(message);
    });
  }
});
