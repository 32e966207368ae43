/** Law 1 on real data: layer directories whose registry area has hives of Windows or files of Wine. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDirectory } from '../../../src/layer/directory-layer.ts';
import { together } from '../../../src/layer/hive-entry.ts';
import { detectForm, type RegistryForm, writeRegistry } from '../../../src/registry/forms/forms.ts';
import { type HiveRoot, hiveRoots, type Registry, type RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../../src/registry/key.ts';
import { ruleSet } from '../../../src/registry/rule-sets/rule-sets.ts';
import { parseVolatileRule, removeVolatile } from '../../../src/registry/rules/volatile.ts';
import { writeLayer } from '../../fixtures/layers.ts';
import { applyPatch, makePatch } from '../../fixtures/patching.ts';
import { listing, readTree, treeOf, withScratch } from '../../fixtures/tree.ts';
import { contentsOf, contentsSeen, expectContents } from '../oracles/contents.ts';
import { needHivex, readWithHivex } from '../regf-write/hivex.ts';
import { files, needsWineFiles, type State, wineFile, wineRegistry } from '../wine/test-files.ts';

const volatile = [...ruleSet('wine').rules, ...ruleSet('plug-and-play').rules];
const rules = volatile.map(parseVolatileRule);
const fileOf: [HiveRoot, string][] = [
  ['machine', 'system.reg'],
  ['user', 'user.reg'],
  ['user-template', 'userdef.reg'],
];

function stable(registry: Registry, root: HiveRoot): RegistryKey {
  return removeVolatile(root, registry.get(root) ?? emptyKey(), rules).key;
}

/** A layer with files, whose registry area is the prefix in that state: Wine's own files, or each hive as one of Windows. */
function layerOf(path: string, state: State, form: RegistryForm): void {
  const program = treeOf({ 'bin/notes.exe': `notes ${state}`, 'readme.txt': 'stays' });
  writeLayer(path, {
    version: state,
    files: { ProgramFilesX64: program },
    registry: new Map(),
    deleteEntries: [],
  });
  const folder = join(path, 'read-only', 'registry');
  mkdirSync(folder, { recursive: true });
  if (form === 'wine') for (const name of files) writeFileSync(join(folder, name), wineFile(state, name));
  else
    for (const [root] of fileOf) {
      const key = wineRegistry(state).get(root) ?? emptyKey();
      writeFileSync(join(folder, `${root}.dat`), writeRegistry(new Map([[root, key]]), form));
    }
}

function area(path: string): string[] {
  return readdirSync(join(path, 'read-only', 'registry')).sort();
}

describe('law 1 on the registry of a real Wine prefix, as a layer directory', function () {
  this.timeout(120_000);
  before(function () {
    needsWineFiles(this);
  });

  for (const form of ['wine', 'regf'] as const) {
    for (const [from, to] of [
      ['A', 'C'],
      ['base', 'A'],
      ['C', 'base'],
    ] as const) {
      for (const inPlace of [true, false]) {
        it(`${form}: ${from} → ${to}, ${inPlace ? 'in place' : 'into a new one'}`, () =>
          withScratch(async (scratch) => {
            const [base, target, out] = [
              join(scratch, 'base'),
              join(scratch, 'target'),
              join(scratch, 'out'),
            ];
            layerOf(base, from, form);
            layerOf(target, to, form);
            const patch = await makePatch({ base, target, volatile });
            await applyPatch(patch, inPlace ? { to: base } : { to: base, out });
            const made = inPlace ? base : out;
            expect(area(made)).to.deep.equal(area(target));
            for (const name of area(made)) {
              expect(detectForm(readFileSync(join(made, 'read-only', 'registry', name))), name).to.equal(
                form,
              );
            }
            const found = together(openDirectory(made).registryFiles);
            for (const root of hiveRoots) {
              const same = equalKeys(stable(found, root), stable(wineRegistry(to), root));
              expect(same, root).to.equal(true);
            }
            const program = join('read-only', 'files', 'ProgramFilesX64');
            expect(listing(readTree(join(made, program)))).to.deep.equal(
              listing(readTree(join(target, program))),
            );
          }));
      }
    }
  }

  it('regf: hivex reads what was made of the hives', async function () {
    needHivex.call(this);
    await withScratch(async (scratch) => {
      const [base, target] = [join(scratch, 'base'), join(scratch, 'target')];
      layerOf(base, 'A', 'regf');
      layerOf(target, 'C', 'regf');
      // Without rules: all of it.
      await applyPatch(await makePatch({ base, target }), { to: base });
      const seen = readWithHivex(
        fileOf.map(([root]) => readFileSync(join(base, 'read-only', 'registry', `${root}.dat`))),
      );
      for (const [at, [root]] of fileOf.entries()) {
        expectContents(contentsSeen(seen[at]), contentsOf(wineRegistry('C').get(root) ?? emptyKey()), root);
      }
    });
  });
});
