import { expect } from 'chai';
import { brotliCompressSync } from 'node:zlib';
import { join } from 'node:path';
import { bytesOf, digestOf } from '../../src/bytes.ts';
import { type ErrorCode, isPatchError } from '../../src/errors.ts';
import { openArchive } from '../../src/patch/archive-reader.ts';
import type { Change } from '../../src/patch/change.ts';
import { encodeIndex } from '../../src/patch/index-table.ts';
import { type Manifest, decodeManifest, encodeManifest } from '../../src/patch/manifest.ts';
import { entryName } from '../../src/layer/name.ts';
import { ed25519Signer, ed25519Verifier, generateKeyPair } from '../../src/sign/ed25519.ts';
import { signedMessage } from '../../src/sign/message.ts';
import type { Trust } from '../../src/sign/policy.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import {
  type Tree,
  discard,
  file,
  footprint,
  link,
  listing,
  readTree,
  scratch,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';
import { indexOf, zipOf } from '../patch/samples.ts';

interface Part {
  readonly name: string;
  readonly data: Uint8Array;
}

/** What the format's checks may say of a damaged archive. */
const refusals: readonly ErrorCode[] = [
  'E_FORMAT',
  'E_DIGEST',
  'E_SIGNATURE',
  'E_UNTRUSTED',
  'E_LIMIT',
  'E_NAME',
  'E_VERSION',
  'E_CODEC',
];

const base = treeOf({ a: 'one', 'd/b': noise(600, 1), l: link('a'), gone: 'x' });
const target = treeOf({ a: 'two', 'd/b': `${noise(600, 1)}!`, l: link('d/b'), 'd/new': noise(80, 2) });
/** With a payload that is too large to stand behind the index. */
const wide = new Map(target).set('d/new', file(noise(80_000, 3)));
const key = generateKeyPair();
const trust: Trust = { keys: [ed25519Verifier(key.publicKey)], threshold: 1 };

async function partsOf(patch: Uint8Array): Promise<Part[]> {
  const { parts } = await openArchive(bytesOf(patch));
  return Promise.all(parts.map(async ({ name, bytes }) => ({ name, data: await bytes.read(0, bytes.size) })));
}

describe('law 3: nothing of a tampered patch is applied', function () {
  this.timeout(120_000);
  let root: string;
  let untouched: string[];
  let patch: Buffer;
  let parts: Part[];
  /** Those of a patch whose frames are parts of their own. */
  let wideParts: Part[];

  before(async () => {
    root = scratch();
    writeTree(join(root, 'app'), base);
    untouched = footprint(root);
    const made = (to: Tree): Promise<Buffer> =>
      makePatch({
        base: memoryLayer(base),
        target: memoryLayer(to),
        signers: [ed25519Signer(key.privateKey)],
      });
    patch = await made(target);
    parts = await partsOf(patch);
    wideParts = await partsOf(await made(wide));
  });
  after(() => discard(root));

  /** Applies, must be refused, and must have left everything as it was; gives the code. */
  async function refused(bytes: Uint8Array, what: string, options: object = { trust }): Promise<ErrorCode> {
    let code: ErrorCode | undefined;
    try {
      await applyPatch(bytes, { to: join(root, 'app'), ...options });
    } catch (error) {
      if (!isPatchError(error)) throw error;
      code = error.code;
    }
    if (code === undefined) throw new Error(`${what}: was applied`);
    if (!refusals.includes(code)) throw new Error(`${what}: ${code}`);
    const now = footprint(root);
    // The folder's own time changes when a work folder comes and goes; its content must not.
    expect(now.slice(2), what).to.deep.equal(untouched.slice(2));
    return code;
  }

  it('is itself applied when it is whole', () =>
    withScratch(async (place) => {
      writeTree(place, base);
      await applyPatch(patch, { to: place, trust });
      expect(listing(readTree(place))).to.deep.equal(listing(target));
    }));

  for (const [title, options] of [
    ['signed', () => ({ trust })],
    ['although nobody asks who signed', () => ({})],
  ] as const) {
    it(`with any byte changed, ${title}`, async () => {
      for (let at = 0; at < patch.length; at++) {
        const bits = title === 'signed' ? [1 << (at % 8), 0xff] : [1 << (at % 8)];
        for (const mask of bits) {
          const bad = Buffer.from(patch);
          bad[at] = bad[at]! ^ mask;
          await refused(bad, `byte ${at} ^ ${mask}`, options());
        }
      }
    });
  }

  it('cut off at any length, or with something behind its end', async () => {
    for (let size = 0; size < patch.length; size++) {
      expect(await refused(patch.subarray(0, size), `${size} bytes`)).to.equal('E_FORMAT');
    }
    expect(await refused(Buffer.concat([patch, Buffer.alloc(1)]), 'one more byte')).to.equal('E_FORMAT');
    expect(await refused(Buffer.concat([patch, patch]), 'twice')).to.equal('E_FORMAT');
    expect(await refused(Buffer.concat([Buffer.from('MZ'), patch]), 'something before it')).to.equal(
      'E_FORMAT',
    );
  });

  it('with parts left out, repeated, renamed or in another order', async () => {
    const named = (all: readonly Part[]): string[] =>
      all.map((part) => part.name.replace(/[0-9a-f]{32}/, 'KEY'));
    const heads = ['manifest.json', 'signatures/KEY', 'index'];
    expect(named(parts)).to.deep.equal(heads);
    // the payload of the file that is new, and that of the group
    expect(named(wideParts)).to.deep.equal([...heads, 'frames/000000', 'frames/000001']);
    for (const all of [parts, wideParts]) {
      for (const [at, part] of all.entries()) {
        const others = all.toSpliced(at, 1);
        await refused(zipOf(others), `without ${part.name}`);
        await refused(zipOf(all.toSpliced(at, 0, part)), `${part.name} twice`);
        await refused(zipOf(all.with(at, { ...part, name: `${part.name}x` })), `${part.name} renamed`);
        await refused(zipOf(all.with(at, { ...part, data: Buffer.alloc(0) })), `${part.name} empty`);
        for (let to = 0; to <= others.length; to++) {
          if (to !== at) await refused(zipOf(others.toSpliced(to, 0, part)), `${part.name} at ${to}`);
        }
      }
      const more = { name: `frames/00000${all.length - heads.length}`, data: Buffer.from('x') };
      await refused(zipOf([...all, more]), 'a frame more');
      await refused(zipOf([...all, { name: 'readme.txt', data: Buffer.from('x') }]), 'a foreign part');
    }
  });

  /** The archive made anew around a changed manifest or index, as one who has no key would. */
  function remade(
    change: (
      index: Change[],
      manifest: Manifest,
    ) => { changes?: Change[]; manifest?: Manifest; frame?: Uint8Array },
  ): Part[] {
    const [head, signature, table] = parts;
    const manifest = decodeManifest(head!.data);
    const made = change([], manifest);
    let index = table!.data;
    let result = made.manifest ?? manifest;
    const data = made.frame ?? Buffer.alloc(0);
    if (made.changes) {
      const record = { digest: digestOf(data), encoding: [], size: data.length, stored: data.length };
      const coded = encodeIndex(indexOf(made.changes, [], [record]));
      index = Buffer.concat([coded, data]);
      result = {
        ...result,
        index: { encoding: [], size: coded.length, stored: coded.length, digest: digestOf(index) },
      };
    }
    const head2 = { name: 'manifest.json', data: encodeManifest(result) };
    return [head2, signature!, { name: 'index', data: index }];
  }
  const evil = Buffer.from('evil');
  const addEvil = (): { changes: Change[]; frame: Uint8Array } => ({
    changes: [
      {
        kind: 'add',
        name: entryName('AppRoot/evil'),
        before: null,
        after: { type: 'file', size: evil.length, digest: digestOf(evil), mode: 0o755 },
        encoding: [],
        payload: evil.length,
      },
    ],
    frame: evil,
  });

  it('made anew, self-consistent, with the old signature: E_SIGNATURE', async () => {
    const archives = {
      'other changes': remade(addEvil),
      'another version': remade((_, manifest) => ({
        manifest: { ...manifest, target: { ...manifest.target, version: '9' } },
      })),
      'another rule': remade((_, manifest) => ({
        manifest: { ...manifest, rules: { ...manifest.rules, excludes: ['*'] } },
      })),
    };
    for (const [what, made] of Object.entries(archives)) {
      expect(await refused(zipOf(made), what), what).to.equal('E_SIGNATURE');
    }
  });

  it('made anew, signed by another key, or not at all: E_UNTRUSTED', async () => {
    const [head, , ...rest] = remade(addEvil);
    const { keyId, bytes } = await ed25519Signer(generateKeyPair().privateKey).sign(
      signedMessage(head!.data),
    );
    const other = [head!, { name: `signatures/${keyId}`, data: bytes }, ...rest];
    expect(await refused(zipOf(other), 'another key')).to.equal('E_UNTRUSTED');
    expect(await refused(zipOf([head!, ...rest]), 'no key')).to.equal('E_UNTRUSTED');
    expect(await refused(patch, 'nobody is trusted', { allowUnsigned: false })).to.equal('E_UNTRUSTED');
  });

  it('a signature of the trusted key over something else, under the right name: E_SIGNATURE', async () => {
    const { keyId, bytes } = await ed25519Signer(key.privateKey).sign(Buffer.from('something else'));
    const made = parts.with(1, { name: `signatures/${keyId}`, data: bytes });
    expect(await refused(zipOf(made), 'another message')).to.equal('E_SIGNATURE');
    const bare = await ed25519Signer(key.privateKey).sign(parts[0]!.data);
    const plain = parts.with(1, { name: `signatures/${keyId}`, data: bare.bytes });
    expect(await refused(zipOf(plain), 'without the domain prefix')).to.equal('E_SIGNATURE');
  });

  it('the index or a frame replaced under the signed manifest: E_DIGEST', async () => {
    for (const [all, at] of [
      [parts, 2],
      [wideParts, 2],
      [wideParts, 3],
      [wideParts, 4],
    ] as const) {
      const { data, name } = all[at]!;
      const same = Buffer.from(data).fill(0x20);
      const last = Buffer.from(data);
      last[data.length - 1]! ^= 1;
      for (const other of [same, last, data.subarray(1), data.subarray(0, -1)]) {
        expect(await refused(zipOf(all.with(at, { name, data: other })), name)).to.equal('E_DIGEST');
      }
    }
  });

  it('only somebody who says that it may be unsigned gets one that was made anew', () =>
    withScratch(async (place) => {
      writeTree(place, base);
      await applyPatch(zipOf(remade(addEvil)), { to: place, allowUnsigned: true });
      expect([...readTree(place).keys()]).to.include('evil');
    }));

  it('an unsigned frame that would grow without end is not decoded beyond its size', async () => {
    const bomb = brotliCompressSync(Buffer.alloc(64 << 20));
    const { changes, frame } = addEvil();
    const honest = remade(() => ({ changes, frame }));
    const manifest = decodeManifest(honest[0]!.data);
    const record = {
      digest: digestOf(bomb),
      encoding: ['brotli/1'],
      size: bomb.length + 1,
      stored: bomb.length,
    };
    const { size } = record;
    const change = {
      ...changes[0]!,
      payload: size,
      after: { type: 'file', size, digest: digestOf(evil) },
    } as Change;
    const index = encodeIndex(indexOf([change], [], [record]));
    const part = Buffer.concat([index, bomb]);
    const head = encodeManifest({
      ...manifest,
      index: { encoding: [], size: index.length, stored: index.length, digest: digestOf(part) },
    });
    const archive = zipOf([
      { name: 'manifest.json', data: head },
      { name: 'index', data: part },
    ]);
    expect(await refused(archive, 'bomb', {})).to.equal('E_LIMIT');
  });

  it('a patch of our own folders is refused, in any case', async () => {
    for (const name of ['.vpa-work/take.json', '.vpa/state.json', '.VPA/undo-1/record.json', '.Vpa-Work/x']) {
      const inside = treeOf({ [name]: 'mine' });
      const bad = await makePatch({ base: memoryLayer(new Map()), target: memoryLayer(inside) });
      await refused(bad, name, {});
    }
  });

  it('says in which stage a damaged file was refused, and what to do', async () => {
    const error = await refusal(() => applyPatch(patch.subarray(5), { to: join(root, 'app'), trust }));
    expect(error.stage).to.equal('unpack');
    expect(error.help).to.be.a('string');
  });
});
