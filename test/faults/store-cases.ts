/** What the fault tests do in a store: a patch, in place, as a new layer and of two layers at once, repair, mending, undo, removal, and bringing a layer in. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repair } from '../../presets/index.ts';
import { openDirectory } from '../../src/layer/directory-layer.ts';
import { noRules } from '../../src/layer/rules.ts';
import { asMade } from '../../src/store/layers/as-made.ts';
import { collectGarbage } from '../../src/store/layers/collect.ts';
import { deleteLayer } from '../../src/store/layers/delete-layer.ts';
import { importLayer } from '../../src/store/layers/import-layer.ts';
import { mendRecords } from '../../src/store/layers/mend.ts';
import { recoverStore } from '../../src/store/layers/recover-store.ts';
import { openStorePlace } from '../../src/store/layers/store-place.ts';
import { inOneTransaction } from '../../src/store/layers/store-transaction.ts';
import { readLayer } from '../../src/store/layers/stored-layer.ts';
import { run } from '../../src/stream/run.ts';
import { undoLayer } from '../../src/store/layers/undo-layer.ts';
import { type LayerData, writeLayer } from '../fixtures/layers.ts';
import { applyPatch, applyPatches, makePatch } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, file, folder, link, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { type Operation, endsOf } from './operation.ts';

const layer = (version: string, files: Tree): LayerData => ({
  ...{ version, files: { AppData: files }, registry: new Map() },
  deleteEntries: [`AppData/hides-${version}`],
});
const one = layer(
  '1',
  treeOf({
    same: noise(300, 1),
    'd/same': 'same',
    'd/moves': noise(200, 2),
    changed: 'one',
    mode: file('mode', 0o644),
    link: link('same'),
    gone: 'gone',
    'closed/x': file('x', 0o444),
    closed: folder(0o555),
  }),
);
const between = layer(
  '1.5',
  treeOf({
    same: 'not the same',
    'd/same': 'same',
    'd/moved': noise(200, 2),
    changed: 'between',
    mode: file('mode', 0o600),
    passing: 'in no other version',
    'closed/x': file('x', 0o444),
    closed: folder(0o555),
  }),
);
const two = layer(
  '2',
  treeOf({
    same: noise(300, 1),
    'd/same': 'same',
    moved: noise(200, 2),
    changed: 'two',
    mode: file('mode', 0o755),
    link: link('d'),
    'closed/x': file('y', 0o444),
    closed: folder(0o555),
  }),
);

/** What users wrote on top of the layer. */
const written = treeOf({ 'alice/files/AppData/own': 'mine', 'bob/files': folder(0o500) });

const reg = (value: string): string =>
  `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\A]\r\n"v"="${value}"\r\n\r\n`;

function write(place: string, data: LayerData): void {
  mkdirSync(place, { recursive: true });
  writeLayer(place, data);
  const text = Buffer.from(`\ufeff${reg(data.version)}`, 'utf16le');
  writeFileSync(join(place, 'read-only', 'registry', 'machine.reg'), text);
}

export async function makeStoreOperations(): Promise<Operation[]> {
  return withScratch(async (root) => {
    const [old, now] = [join(root, 'old'), join(root, 'now')];
    write(old, one);
    write(now, two);
    const patch = await makePatch({ base: old, target: now, codecs: [], sequence: 3 });
    const apply = (mode: 'in-place' | 'new') => async (at: string) =>
      applyPatch(patch, {
        place: openStorePlace({ store: join(at, 'store'), layer: 1, mode, keep: 9, copyWritable: true }),
      });
    write(join(root, 'between'), between);
    const steps = [
      await makePatch({ base: join(root, 'between'), target: now, codecs: [], sequence: 3 }),
      await makePatch({ base: old, target: join(root, 'between'), codecs: [], sequence: 2 }),
    ];
    const applySteps = async (at: string): Promise<unknown> =>
      applyPatches(steps, { place: openStorePlace({ store: join(at, 'store'), layer: 1, keep: 9 }) });
    const back = await makePatch({ base: now, target: old, codecs: [], sequence: 3 });
    /** Layer 1 goes one way, layer 2 the other. */
    const applyBoth = async (at: string): Promise<void> => {
      const held = join(at, 'store');
      await inOneTransaction(held, {}, async (transaction) => {
        for (const [number, one_] of [patch, back].entries()) {
          const given = { store: held, layer: number + 1, keep: 9, transaction };
          await applyPatch(one_, { place: openStorePlace(given) });
        }
      });
    };
    const damage = async (at: string): Promise<void> => {
      const files = join(at, 'store', '1', 'generations', '2', 'read-only', 'files', 'AppData');
      rmSync(join(files, 'moved'));
      writeFileSync(join(files, 'same'), 'written through');
      writeFileSync(join(files, 'mine'), 'mine');
      rmSync(join(files, '..', '..', 'registry', 'machine.reg'));
    };
    const mend = async (at: string): Promise<void> => {
      const given = join(at, 'store');
      const place = openStorePlace({ store: given, layer: 1, onOdd: () => undefined });
      const source = openDirectory(join(at, 'other'));
      const from = asMade({ stored: readLayer(given, 1), now: () => place.base(), source });
      await run(repair({ place, from, rules: noRules, threads: 1 }));
    };
    const forget = async (at: string): Promise<void> =>
      writeFileSync(join(at, 'store/1/generations/2/.vpa/generation.json'), '');
    const bring = async (at: string): Promise<unknown> =>
      importLayer(join(at, 'store'), openDirectory(join(at, 'source')));
    const bringOther = async (at: string): Promise<unknown> =>
      importLayer(join(at, 'store'), openDirectory(join(at, 'other')));
    const store =
      (...steps: ((at: string) => Promise<unknown>)[]) =>
      async (): Promise<Tree> =>
        withScratch(async (at) => {
          write(join(at, 'source'), one);
          write(join(at, 'other'), two);
          for (const step of steps) await step(at);
          writeTree(join(at, 'store', '1', 'writable'), written);
          return readTree(at);
        });
    const applied = apply('in-place');
    const operation = (
      title: string,
      start: () => Promise<Tree>,
      run: Operation['run'],
      again: Operation['again'],
    ): Operation => ({ title, run, again, recover, read, ends: endsOf(start, run) });
    return [
      operation('apply in a store', store(bring), applied, []),
      operation('apply as a new layer', store(bring), apply('new'), 'more'),
      operation('apply two patches as one', store(bring), applySteps, []),
      operation('apply to two layers', store(bring, bringOther), applyBoth, []),
      operation('undo in a store', store(bring, applied), async (at) => undoLayer(join(at, 'store'), 1), [
        'E_INPUT',
      ]),
      operation('repair in a store', store(bring, applied, damage), mend, []),
      operation(
        'mending of records',
        store(bring, applied, forget),
        async (at) => mendRecords(join(at, 'store'), 1),
        [],
      ),
      operation(
        'removal of generations',
        store(bring, applied, damage, mend),
        async (at) => collectGarbage(join(at, 'store'), { keep: 1 }),
        [],
      ),
      operation(
        'removal of a layer',
        store(bring, bring),
        async (at) => deleteLayer(join(at, 'store'), 2, { withWritable: true }),
        ['E_INPUT'],
      ),
      operation('bringing a layer in', store(bring), bring, 'more'),
    ];
  });
}

async function recover(root: string, durable = true): Promise<void> {
  await recoverStore(join(root, 'store'), { durable });
}

/** Whoever reads without a lock finds a generation in every layer that there is. */
function read(root: string): void {
  for (const layer of ['1', '2']) {
    const folder = join(root, 'store', layer);
    if (existsSync(folder)) JSON.parse(readFileSync(join(folder, 'current.json'), 'utf8'));
  }
}
