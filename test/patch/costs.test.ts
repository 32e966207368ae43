import { expect } from 'chai';
import { bytesOf, digestOf } from '../../src/bytes.ts';
import { cover } from '../../src/delta/cover/cover.ts';
import { accountsOf } from '../../src/delta/cover/accounts.ts';
import { inline } from '../../src/exec/inline.ts';
import { entryName } from '../../src/layer/name.ts';
import type { Change } from '../../src/patch/change.ts';
import { costsOf } from '../../src/patch/costs.ts';
import { noise } from '../cli/command.ts';

const context = { signal: new AbortController().signal, executor: inline(), memoryLimit: 1 << 30 };

async function coded(reference: Uint8Array, target: Uint8Array): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of cover().encode(bytesOf(reference), bytesOf(target), context)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const change = (name: string, size: number, more: Partial<Change>): Change =>
  ({
    kind: 'add',
    name: entryName(name),
    before: null,
    after: { type: 'file', size, digest: digestOf(new Uint8Array()) },
    encoding: [],
    payload: 0,
    ...more,
  }) as Change;

describe('patch/costs', () => {
  const old = noise(200_000);
  const fresh = noise(50_000, 7);
  // The first member is old, the second one new, the third one half and half.
  const members = [
    old.subarray(0, 100_000),
    fresh,
    Buffer.concat([old.subarray(100_000), noise(100_000, 9)]),
  ];

  for (const [name, kind] of [
    ['binary', (bytes: Buffer): Buffer => bytes],
    ['text', (bytes: Buffer): Buffer => Buffer.from(bytes.toString('hex'))],
  ] as const) {
    it(`says whose bytes a delta has, and loses none: ${name}`, async () => {
      const contents = members.map((one) => kind(Buffer.from(one)));
      const delta = await coded(kind(old), Buffer.concat(contents));
      const sizes = contents.map(({ length }) => length);
      const accounts = await accountsOf(kind(old).length, bytesOf(delta), sizes, context);
      const [first, second, third] = accounts;
      expect(accounts.reduce((sum, { cost }) => sum + cost, 0)).to.be.closeTo(delta.length, 80);
      expect(first?.old).to.be.closeTo(sizes[0] ?? 0, 64);
      expect(second?.fresh).to.be.closeTo(sizes[1] ?? 0, 1024);
      expect(third?.old).to.be.closeTo(kind(old.subarray(100_000)).length, 1024);
      expect(third?.cost).to.be.closeTo(2 * (second?.cost ?? 0), (second?.cost ?? 0) / 10);
      for (const [at, one] of accounts.entries()) expect(one.old + one.fresh).to.be.at.most(sizes[at] ?? 0);
    });
  }

  it('shares out the frames among changes and members', async () => {
    const delta = await coded(old, Buffer.concat(members));
    const whole = change('AppRoot/whole', 1000, { payload: 1000 });
    const changes = [...members.map((one, at) => change(`AppRoot/m${at}`, one.length, { group: 0 })), whole];
    const reference = { name: entryName('AppRoot/old'), size: old.length, digest: digestOf(old) };
    const group = {
      encoding: ['cover/1'],
      references: [reference],
      payload: delta.length,
      bytes: bytesOf(delta),
    };
    const frame = { digest: digestOf(delta), encoding: [] };
    const frames = [
      { ...frame, size: 1000, stored: 250 },
      { ...frame, size: delta.length, stored: delta.length },
    ];
    const costs = await costsOf({ changes, groups: [group], frames }, new Map(), context);
    expect(costs.at(-1)).to.deep.equal({ cost: 250, account: null });
    expect(costs.reduce((sum, { cost }) => sum + cost, 0)).to.be.closeTo(250 + delta.length, 80);
    // A codec that does not tell: by size.
    const silent = { ...group, encoding: ['xdelta3/1'] };
    const guessed = await costsOf({ changes, groups: [silent], frames }, new Map(), context);
    expect(guessed[1]?.account).to.equal(null);
    expect(guessed[1]?.cost).to.be.closeTo((delta.length * 50_000) / 350_000, 1);
  });
});
