/**
 * One run of the fuzzer: a patch that is bent anywhere, sealed and signed anew, against a target that may be bent too.
 * It is applied or refused; in both cases nothing around the target changes, and no link in it leads out.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isPatchError } from '../../src/errors.ts';
import { linkProblem } from '../../src/layer/link.ts';
import { type Piece, type Twist, build, sorted } from './archive.ts';
import { type Random, generator } from './random.ts';
import { type Scene, refusals, withScene } from './target.ts';

/** A run may take no longer, in ms. */
const patience = 30_000;

export interface Outcome {
  /** A code, `applied`, or `no patch`. */
  readonly result: string;
}

/** Throws where the run showed a defect; the message names it. Equal seeds and runs do the same. */
export async function fuzz(seed: number, run: number): Promise<Outcome> {
  const random = generator(seed * 1_000_003 + run);
  const patch = await built(twist(random));
  if (!patch) return { result: 'no patch' };
  return withScene(
    async (scene) => {
      const around = scene.around();
      const whole = scene.whole();
      const start = performance.now();
      const result = await outcome(scene, patch, random(3) === 0 ? 'copy' : 'place');
      const took = performance.now() - start;
      if (took > patience) throw new Error(`it took ${Math.round(took)} ms`);
      same('something around the target changed', around, scene.around());
      if (result !== 'applied') same('a refused patch changed something', whole, scene.whole());
      else for (const folder of [scene.app, join(scene.root, 'in', 'new')]) assertLinks(folder);
      return { result };
    },
    random(3) === 0 ? (scene) => bendTarget(scene, random) : undefined,
  );
}

/** Null where the index became what has no bytes. */
async function built(bent: Twist): Promise<Uint8Array | null> {
  try {
    return await build(bent);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function outcome(scene: Scene, patch: Uint8Array, into: 'place' | 'copy'): Promise<string> {
  try {
    await scene.apply(patch, into);
    return 'applied';
  } catch (error) {
    // E_INPUT: a registry file that the target does not have.
    if (isPatchError(error) && [...refusals, 'E_INPUT'].includes(error.code)) return error.code;
    throw error;
  }
}

function same(what: string, before: readonly string[], now: readonly string[]): void {
  if (before.join('\n') === now.join('\n')) return;
  const lines = [
    ...before.filter((one) => !now.includes(one)),
    ...now.filter((one) => !before.includes(one)),
  ];
  throw new Error(`${what}:\n${lines.slice(0, 10).join('\n')}`);
}

/** What a patch has put into a target leads nowhere else. Links that were there before may. */
function assertLinks(folder: string): void {
  if (!existsSync(folder)) return;
  for (const item of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, item);
    if (!lstatSync(path).isSymbolicLink() || bent.has(item)) continue;
    const problem = linkProblem(`AppRoot/${item}`, readlinkSync(path));
    if (problem !== null) throw new Error(`the link ${item} was made: ${problem}`);
  }
}

const bent = new Set(['dir', 'more', 'lib', 'readme.txt', 'way', 'second', '.vpa-work']);

/** Puts links and other things in places of the application that patches speak of. */
function bendTarget({ app, outside }: Scene, random: Random): void {
  for (let count = random(3); count >= 0; count--) {
    const place = join(app, random.of(['dir', 'more', 'lib', 'readme.txt', 'way', 'second']));
    rmSync(place, { recursive: true, force: true });
    const to = random.of([
      outside,
      join(outside, 'secret'),
      '../../outside',
      'dir',
      'second',
      'way',
      'nowhere',
    ]);
    [() => symlinkSync(to, place), () => mkdirSync(place), () => writeFileSync(place, 'x')][
      random(4) % 3
    ]?.();
  }
}

/** Nothing, one, or a few places of a patch that are bent. */
function twist(random: Random): Twist {
  const kinds: ((random: Random) => Twist)[] = [
    () => ({ pieces: (pieces) => bendPieces(pieces, random) }),
    () => ({ pieces: (pieces) => bendPieces(pieces, random) }),
    () => ({ pieces: (pieces) => bendPayloads(pieces, random) }),
    () => ({ pieces: (pieces) => bendPayloads(pieces, random) }),
    () => ({ index: (index) => bendValue(index, random) }),
    () => ({ indexBytes: (data) => bendBytes(data, random) }),
    () => ({ manifest: (manifest) => bendValue(manifest, random) }),
    () => ({ manifestBytes: (data) => bendBytes(data, random) }),
    () => ({
      frames: (frames) =>
        frames.map(({ record, data }) => ({
          record: { ...record, ...(bendValue(record, random) as object) },
          data: random(2) === 0 ? data : bendBytes(data, random),
        })),
    }),
    () => ({ parts: (parts) => shuffled(parts, random) }),
    () => ({ zip: (archive) => Buffer.from(bendBytes(archive, random)) }),
  ];
  const first = random.of(kinds)(random);
  return random(4) === 0 ? { ...random.of(kinds)(random), ...first } : first;
}

/** Other changes: some left out, some of one's own, fields of them bent; in the right order, mostly. */
function bendPieces(pieces: readonly Piece[], random: Random): Piece[] {
  const kept = pieces.filter(() => random(6) > 0);
  const changed = kept.map((one) =>
    random(4) === 0 ? { ...one, change: bendValue(one.change, random) as Piece['change'] } : one,
  );
  const doubled = random(4) === 0 ? [...changed, ...changed.slice(random(changed.length))] : changed;
  const named = doubled.filter(({ change }) => typeof (change as Partial<typeof change>).name === 'string');
  return random(10) === 0 ? doubled : sorted(random(2) === 0 ? named : unique(named));
}

function unique(pieces: readonly Piece[]): Piece[] {
  return [...new Map(pieces.map((one) => [one.change.name, one])).values()];
}

/** Other payloads, of whose sizes the changes tell the truth. */
function bendPayloads(pieces: readonly Piece[], random: Random): Piece[] {
  return pieces.map(({ change, payload }) => {
    const data = payload.length > 0 && random(2) === 0 ? bendBytes(payload, random) : payload;
    return { change: { ...change, payload: data.length }, payload: data };
  });
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const copy = [...items];
  const [from, to] = [random(copy.length), random(copy.length)];
  const [taken] = copy.splice(from, 1);
  if (taken !== undefined && random(3) > 0) copy.splice(to, 0, taken);
  if (taken !== undefined && random(3) === 0) copy.splice(from, 0, taken);
  return copy;
}

const bytesOfInterest = [0, 1, 0x7f, 0x80, 0xff, 0x5b, 0x7b, 0x22];

function bendBytes(data: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(data);
  const at = random(copy.length + 1);
  switch (random(5)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from([random.of(bytesOfInterest)]),
        copy.subarray(at),
      ]);
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + random(20))]);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(random(copy.length + 1))]);
    default:
      for (let count = random(4); count >= 0 && copy.length > 0; count--) {
        copy[random(copy.length)] = random(2) === 0 ? random(256) : random.of(bytesOfInterest);
      }
      return copy;
  }
}

const numbers = [0, 1, 2, 3, 4, 255, 4096, 65_535, 2 ** 31, 2 ** 32, 2 ** 37, 2 ** 53 - 1, -1, 0.5];
const texts = [
  '',
  '.',
  '..',
  '/etc/passwd',
  '../outside/secret',
  '../../outside',
  'AppRoot',
  'AppRoot/dir',
  'AppRoot/more',
  'AppRoot/way/evil',
  'AppRoot/dir/evil',
  'AppRoot/readme.txt',
  'AppRoot/README.TXT',
  'AppRoot/lib/a.dll',
  'AppRoot/../outside/secret',
  'AppRoot/.vpa-work',
  'AppRoot/.vpa-work/journal.json',
  'AppRoot/latest/x',
  'Registry/machine',
  'Registry/user',
  'readme.txt',
  'dir',
  'add',
  'modify',
  'move',
  'remove',
  'file',
  'link',
  'directory',
  'hive',
  'delete-entry',
  'copy/1',
  'xdelta3/1',
  'cover/1',
  'model/1',
  'registry/1',
  'brotli/1',
  'evil/1',
];

/** The value with one thing in it, at any depth, changed, taken out or put in. */
function bendValue(value: unknown, random: Random): unknown {
  if (Array.isArray(value) && value.length > 0 && random(6) > 0) {
    const at = random(value.length);
    return value.with(at, bendValue(value[at], random)) as unknown;
  }
  if (Array.isArray(value)) return shuffled([...(value as unknown[]), random.of(texts)], random);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries<unknown>({ ...value });
    const at = random(entries.length);
    const [key, inner] = entries[at] ?? ['x', 0];
    if (random(12) === 0) return Object.fromEntries(entries.toSpliced(at, 1));
    if (random(12) === 0)
      return { ...value, [random.of(['from', 'reference', 'mode', 'x', 'payload'])]: random.of(numbers) };
    return { ...value, [key]: bendValue(inner, random) };
  }
  if (typeof value === 'number' && random(3) > 0)
    return random(2) === 0 ? value + 1 - random(3) : random.of(numbers);
  if (typeof value === 'string' && random(3) === 0)
    return Buffer.from(bendBytes(Buffer.from(value), random)).toString();
  return random.of<unknown>([
    ...texts,
    ...numbers.slice(0, 5),
    null,
    { type: 'directory' },
    { type: 'link', to: 'dir' },
    { type: 'link', to: '../x' },
    [],
  ]);
}
