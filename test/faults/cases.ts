/** What the fault tests disturb: kinds of trees, each applied in place, with a backup, to a new folder, and undone; and a store. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recoverDirectory } from '../../src/store/recover-directory.ts';
import { undoDirectory } from '../../src/store/undo.ts';
import { writeLayer } from '../fixtures/layers.ts';
import { applyPatch, applyPatches, makePatch } from '../fixtures/patching.ts';
import { repairFolder } from '../fixtures/repairing.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, file, folder, link, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { type Operation, endsOf, started } from './operation.ts';
import { makeStoreOperations } from './store-cases.ts';

/** Two versions on disk, and the patch that leads from one to the other. */
interface Kind {
  readonly title: string;
  /** Everything that stands in a test's folder before: the application, and what is beside it. */
  readonly base: Tree;
  readonly patch: Buffer;
  /** Patches that lead there by versions in between. */
  readonly steps?: readonly Buffer[];
  /** Registry files beside the application, by their paths in the test's folder. */
  readonly registry: readonly string[];
  /** Whether its damage is repaired, too: once with types and once with a registry is enough. */
  readonly repairs?: boolean;
}

/** How an operation is told. */
interface Telling extends Pick<Operation, 'title' | 'run' | 'again'> {
  /** Brings a folder that has the base to where the operation begins. */
  begin(root: string): Promise<void>;
}

/** What is tried together. */
export interface Group {
  readonly title: string;
  readonly operations: readonly Operation[];
}

export async function makeGroups(): Promise<Group[]> {
  const kinds = await makeKinds();
  return [
    ...kinds.map((kind) => ({ title: kind.title, operations: operationsOf(kind) })),
    { title: 'in a store', operations: await makeStoreOperations() },
  ];
}

const canary: Tree = treeOf({ 'beside/canary': file('nobody touches me', 0o600) });

const cycles = {
  base: treeOf({
    a: noise(300, 1),
    b: noise(300, 2),
    c: noise(300, 3),
    'd/x': noise(200, 4),
    'd/y': noise(200, 5),
    Readme: noise(100, 6),
    'old/deep/one': file(noise(150, 7), 0o644),
    'old/deep/two': file(noise(150, 8), 0o600),
    gone: 'gone',
    same: 'same',
  }),
  target: treeOf({
    b: noise(300, 1),
    c: noise(300, 2),
    a: noise(300, 3),
    'd/y': noise(200, 4),
    'd/x': noise(200, 5),
    README: noise(100, 6),
    'new/one': file(noise(150, 7), 0o755),
    'new/two': file(noise(150, 8), 0o600),
    same: 'same',
  }),
};

/** Between the two: moved on from, made longer, and gone again; then some of it as it was. */
const cyclesBetween = treeOf({
  c: noise(300, 1),
  a: noise(300, 2),
  b: `${noise(300, 3)}between`,
  'd/x': noise(200, 5),
  'd/z': noise(200, 4),
  README: noise(100, 6),
  'old/deep/two': file(noise(150, 8), 0o600),
  passing: 'in no other version',
  same: 'not the same',
});
const cyclesLater = treeOf({
  a: noise(300, 1),
  c: noise(300, 2),
  b: noise(300, 3),
  'd/y': noise(200, 4),
  'd/w': noise(200, 5),
  README: noise(100, 6),
  'later/one': file(noise(150, 7), 0o600),
  'later/two': file(`${noise(150, 8)}later`, 0o600),
  same: 'same',
});

const types = {
  base: treeOf({
    'dir/x': 'in a folder',
    'dir/e': null,
    file: 'becomes a folder',
    link: link('dir'),
    toLink: 'becomes a link',
    relink: link('file'),
    'removed/sub/x': 'x',
    closed: folder(0o555),
    'closed/x': file('old', 0o444),
    'closed/gone/x': 'x',
    mode: file('mode', 0o644),
    big: noise(40_000, 1),
  }),
  target: treeOf({
    dir: 'a file now',
    'file/inside/deep': 'x',
    'link/e': null,
    toLink: link('big'),
    relink: link('big'),
    closed: folder(0o500),
    'closed/x': file('new', 0o444),
    'closed/y': 'y',
    mode: file('mode', 0o700),
    big: `${noise(40_000, 1)}!`,
    'made/closed': folder(0o555),
    'made/closed/z': 'z',
  }),
};

const reg = (value: string): string =>
  `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\A]\r\n"v"="${value}"\r\n\r\n`;

async function makeKinds(): Promise<Kind[]> {
  return [
    await plainKind('moves and cycles', { ...cycles, between: [cyclesBetween, cyclesLater] }),
    { ...(await plainKind('type changes', types)), repairs: true },
    await plainKind(
      'a registry beside',
      {
        base: treeOf({ a: 'one' }),
        target: treeOf({ a: 'two', b: 'b' }),
        between: [treeOf({ a: 'between', passing: 'in no other version' })],
      },
      2,
    ),
    { ...(await layerKind()), repairs: true },
  ];
}

async function plainKind(
  title: string,
  trees: { base: Tree; target: Tree; between?: readonly Tree[] },
  registries = 0,
): Promise<Kind> {
  return withScratch(async (root) => {
    const names = Array.from({ length: registries }, (_, at) => `app-${at}.reg`);
    const write = (name: string, tree: Tree, value: string): { path: string; registry: string[] } => {
      writeTree(join(root, name, 'app'), tree);
      const registry = names.map((one) => join(root, name, one));
      for (const [at, path] of registry.entries()) {
        writeFileSync(path, reg(value).replace('Software', `Software\\${at}`));
      }
      return { path: join(root, name, 'app'), registry };
    };
    const base = write('base', trees.base, '1');
    writeTree(join(root, 'base'), canary);
    const target = write('target', trees.target, '2');
    const patch = await makePatch({ base, target, codecs: [], sequence: 7 });
    const kind = { title, base: readTree(join(root, 'base')), patch, registry: names };
    if (!trees.between) return kind;
    const between = trees.between.map((tree, at) => write(`between-${at}`, tree, `between ${at}`));
    const versions = [base, ...between, target];
    const steps: Buffer[] = [];
    for (const [at, to] of versions.slice(1).entries()) {
      const sequence = 7 - between.length + at;
      steps.unshift(await makePatch({ base: versions[at]!, target: to, codecs: [], sequence }));
    }
    return { ...kind, steps };
  });
}

async function layerKind(): Promise<Kind> {
  return withScratch(async (root) => {
    const [old, now] = [join(root, 'base', 'app'), join(root, 'target')];
    for (const [place, value, files] of [
      [old, '1', types.base],
      [now, '2', types.target],
    ] as const) {
      mkdirSync(place, { recursive: true });
      const layer = { version: value, files: { AppData: files }, registry: new Map() };
      writeLayer(place, { ...layer, deleteEntries: [`AppData/hides-${value}`] });
      writeFileSync(
        join(place, 'read-only', 'registry', 'machine.reg'),
        Buffer.from(`\ufeff${reg(value)}`, 'utf16le'),
      );
    }
    writeTree(join(root, 'base'), canary);
    const patch = await makePatch({ base: old, target: now, codecs: [] });
    return { title: 'a layer with its registry', base: readTree(join(root, 'base')), patch, registry: [] };
  });
}

/** Several patches in one transaction: it ends at the first version or at the last one. */
function togetherOf(steps: readonly Buffer[], registry: readonly string[]): Telling[] {
  const apply =
    (options: (root: string) => object) =>
    async (root: string): Promise<unknown> =>
      applyPatches(steps, {
        to: join(root, 'app'),
        registry: registry.map((name) => join(root, name)),
        allowInUse: true,
        ...options(root),
      });
  const title = `apply ${steps.length} patches as one`;
  const begin = async (): Promise<void> => undefined;
  return [
    { title: `${title}, with a backup`, begin, run: apply(() => ({ backup: 'keep' })), again: [] },
    {
      title: `${title} to a new folder`,
      begin,
      run: apply((root) => ({ out: join(root, 'out') })),
      again: ['E_CONFLICT'],
    },
  ];
}

function operationsOf(kind: Kind): Operation[] {
  return tellingsOf(kind).map((telling) => {
    const start = async (): Promise<Tree> =>
      started(kind.base, async (root) => {
        await telling.begin(root);
        return readTree(root);
      });
    return { ...telling, recover, ends: endsOf(start, async (root) => telling.run(root)) };
  });
}

function tellingsOf(kind: Kind): Telling[] {
  const { patch, registry } = kind;
  const apply =
    (options: object) =>
    async (root: string): Promise<unknown> =>
      applyPatch(patch, {
        to: join(root, 'app'),
        registry: registry.map((name) => join(root, name)),
        // To look for programs that use files makes a thousand calls, and finds other ones each time.
        allowInUse: true,
        ...options,
      });
  const nothing = async (): Promise<void> => undefined;
  return [
    { title: 'apply in place', begin: nothing, run: apply({}), again: [] },
    { title: 'apply in place, with a backup', begin: nothing, run: apply({ backup: 'keep' }), again: [] },
    {
      title: 'apply to a new folder',
      begin: nothing,
      run: async (root) => apply({ out: join(root, 'out') })(root),
      again: ['E_CONFLICT'],
    },
    {
      title: 'undo',
      begin: async (root) => {
        await apply({ backup: 'keep' })(root);
      },
      run: async (root) => undoDirectory(join(root, 'app'), { allowInUse: true }),
      again: ['E_INPUT'],
    },
    ...(kind.steps ? togetherOf(kind.steps, registry) : []),
    ...(kind.repairs ? repairsOf(kind, apply({})) : []),
  ];
}

/** What the patch does is the damage; what it adds, some of it in place of what has to come back, is extra. */
function repairsOf({ base, registry }: Kind, damage: (root: string) => Promise<unknown>): Telling[] {
  const beside = (root: string): string[] => registry.map((name) => join(root, name));
  const begin = async (root: string): Promise<void> => {
    writeTree(join(root, 'source'), base);
    await damage(root);
  };
  const run = async (root: string): Promise<unknown> => {
    const source = join(root, 'source');
    const from = { path: join(source, 'app'), registry: beside(source) };
    const how = { force: true, removeExtra: true };
    return repairFolder({ to: join(root, 'app'), registry: beside(root), from, ...how });
  };
  return [
    { title: 'repair', begin, run, again: [] },
    {
      title: 'undo a repair',
      begin: async (root) => {
        await begin(root);
        await run(root);
      },
      run: async (root) => undoDirectory(join(root, 'app'), { allowInUse: true }),
      again: ['E_INPUT'],
    },
  ];
}

async function recover(root: string, durable = true): Promise<void> {
  await recoverDirectory(join(root, 'app'), { durable });
  await recoverDirectory(join(root, 'out'), { durable });
}
