/** Registry files of every form as part of a layer: read by content, and after a patch written in the form they had. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZipArchive } from 'archiver';
import { expect } from 'chai';
import { openDirectory } from '../../../src/layer/directory-layer.ts';
import { together } from '../../../src/layer/hive-entry.ts';
import { openLayer } from '../../../src/layer/open-layer.ts';
import {
  detectForm,
  openRegistry,
  type RegistryForm,
  writeRegistry,
} from '../../../src/registry/forms/forms.ts';
import { hiveRoots, type Registry } from '../../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../../src/registry/key.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { ruleSet } from '../../../src/registry/rule-sets/rule-sets.ts';
import { parseVolatileRule, removeVolatile } from '../../../src/registry/rules/volatile.ts';
import { writeLayer } from '../../fixtures/layers.ts';
import { applyPatch, makePatch, refusal } from '../../fixtures/patching.ts';
import { treeOf, withScratch } from '../../fixtures/tree.ts';
import { files, needsWineFiles, wineFile, wineRegistry } from '../wine/test-files.ts';

const reg = (body: string): Registry =>
  parseReg(new TextEncoder().encode(`Windows Registry Editor Version 5.00\n${body}`));
const old = reg('[HKLM\\Software\\Acme]\n"v"="1"\n"gone"="x"\n[HKLM\\Software\\Acme\\Stays]\n"w"=dword:1\n');
const now = reg('[HKLM\\Software\\Acme]\n"v"="2"\n[HKLM\\Software\\Acme\\Stays]\n"w"=dword:1\n[HKLM\\New]\n');
const users = '[HKCU\\Software\\Acme]\n"u"="1"\n';

function expectRegistry(actual: Registry, expected: Registry): void {
  for (const root of hiveRoots) {
    expect(equalKeys(actual.get(root) ?? emptyKey(), expected.get(root) ?? emptyKey()), root).to.equal(true);
  }
}

interface Area {
  readonly name: string;
  readonly form: RegistryForm;
}

function layerWith(path: string, version: string, registry: Registry, { name, form }: Area): void {
  writeLayer(path, {
    version,
    files: { AppData: treeOf({ a: 'a' }) },
    registry: new Map(),
    deleteEntries: [],
  });
  writeFileSync(join(path, 'read-only', 'registry', name), writeRegistry(registry, form));
}

const areas: Area[] = [
  { name: 'machine.reg', form: 'reg5' },
  { name: 'machine.reg', form: 'reg4' },
  { name: 'machine.reg', form: 'regf' },
  { name: 'machine.dat', form: 'regf' },
  { name: 'machine.dat', form: 'reg5' },
  { name: 'Registry.dat', form: 'regf' },
  { name: 'system.reg', form: 'wine' },
  { name: 'machine.reg', form: 'wine' },
];

describe('registry forms in layers', () => {
  for (const area of areas) {
    it(`${area.name} in form ${area.form} is patched and keeps its form`, () =>
      withScratch(async (scratch) => {
        const [base, target] = [join(scratch, 'base'), join(scratch, 'target')];
        layerWith(base, '1', old, area);
        layerWith(target, '2', now, area);
        expectRegistry(together(openDirectory(base).registryFiles), old);
        await applyPatch(await makePatch({ base, target }), { to: base });
        const folder = join(base, 'read-only', 'registry');
        expect(readdirSync(folder)).to.deep.equal([area.name]);
        expect(detectForm(readFileSync(join(folder, area.name)))).to.equal(area.form);
        expectRegistry(together(openDirectory(base).registryFiles), now);
      }));
  }

  it('base and target may have different forms, and another hive gets a file', () =>
    withScratch(async (scratch) => {
      const [base, target] = [join(scratch, 'base'), join(scratch, 'target')];
      layerWith(base, '1', old, { name: 'system.reg', form: 'wine' });
      layerWith(target, '2', new Map([...now, ...reg(users)]), { name: 'Registry.dat', form: 'regf' });
      await applyPatch(await makePatch({ base, target }), { to: base });
      const folder = join(base, 'read-only', 'registry');
      expect(readdirSync(folder).sort()).to.deep.equal(['system.reg', 'user.reg']);
      expect(detectForm(readFileSync(join(folder, 'system.reg')))).to.equal('wine');
      expect(detectForm(readFileSync(join(folder, 'user.reg')))).to.equal('reg5');
      // And back: the file that has nothing left goes.
      layerWith(join(scratch, 'old'), '1', old, { name: 'machine.dat', form: 'regf' });
      await applyPatch(await makePatch({ base, target: join(scratch, 'old') }), { to: base });
      expect(readdirSync(folder)).to.deep.equal(['system.reg']);
    }));

  it('two files of one hive are one hive, and each keeps what it had', () =>
    withScratch(async (scratch) => {
      const [base, target] = [join(scratch, 'base'), join(scratch, 'target')];
      layerWith(base, '1', old, { name: 'machine.reg', form: 'reg5' });
      writeFileSync(
        join(base, 'read-only', 'registry', 'system.reg'),
        writeRegistry(reg('[HKLM\\Software\\Other]\n"o"="1"\n'), 'wine'),
      );
      layerWith(target, '2', reg('[HKLM\\Software\\Acme]\n"v"="1"\n[HKLM\\Software\\Other]\n"o"="2"\n'), {
        name: 'machine.reg',
        form: 'reg5',
      });
      await applyPatch(await makePatch({ base, target }), { to: base });
      const [machine, system] = openDirectory(base).registryFiles.map(({ registry }) => registry);
      expectRegistry(machine ?? new Map(), reg('[HKLM\\Software\\Acme]\n"v"="1"\n'));
      expectRegistry(system ?? new Map(), reg('[HKLM\\Software\\Other]\n"o"="2"\n'));
    }));

  it('refuses a hive in the file of another one, and a file that is no registry', () =>
    withScratch(async (scratch) => {
      layerWith(scratch, '1', reg(users), { name: 'machine.reg', form: 'reg5' });
      const { message } = await refusal(() => openDirectory(scratch), 'E_FORMAT');
      expect(message).to.include("has keys of the hive 'user', not of 'machine' only");
      writeFileSync(join(scratch, 'read-only', 'registry', 'machine.reg'), 'MZ');
      const broken = await refusal(() => openDirectory(scratch), 'E_FORMAT');
      expect(broken.message).to.include('machine.reg');
      // Other names are nobody's.
      writeFileSync(join(scratch, 'read-only', 'registry', 'machine.reg'), writeRegistry(old, 'reg5'));
      writeFileSync(join(scratch, 'read-only', 'registry', 'machine.dat.LOG1'), 'x');
      expect(openDirectory(scratch).registryFiles).to.have.lengthOf(1);
    }));

  it('reads every form from a VSA', () =>
    withScratch(async (scratch) => {
      const path = join(scratch, 'layer.vsa');
      const zip = new ZipArchive({});
      const layer = { format: 1, id: 'x', name: 'x', version: '1' };
      zip.append(JSON.stringify(layer), { name: 'layer.json' });
      zip.append(Buffer.from(writeRegistry(old, 'regf')), { name: 'read-only/registry/Registry.dat' });
      zip.append(Buffer.from(writeRegistry(reg(users), 'wine')), { name: 'read-only/registry/user.reg' });
      void zip.finalize();
      const pieces: Buffer[] = [];
      for await (const piece of zip) pieces.push(piece as Buffer);
      writeFileSync(path, Buffer.concat(pieces));
      const names: string[] = [];
      for await (const { name } of (await openLayer(path)).readOnly.entries()) names.push(name);
      expect(names).to.deep.equal(['Registry/machine', 'Registry/user']);
    }));
});

describe('wine: a prefix as a layer', function () {
  before(function () {
    needsWineFiles(this);
  });

  const volatile = [...ruleSet('wine').rules, ...ruleSet('plug-and-play').rules];
  const rules = volatile.map(parseVolatileRule);

  function prefix(path: string, state: 'A' | 'B' | 'C'): { path: string; registry: string[] } {
    mkdirSync(join(path, 'app'), { recursive: true });
    return {
      path: join(path, 'app'),
      registry: files.map((name) => {
        writeFileSync(join(path, name), wineFile(state, name));
        return join(path, name);
      }),
    };
  }

  it('patch(A→C) brings the files of A to C, and touches nothing else in them', () =>
    withScratch(async (scratch) => {
      const base = prefix(join(scratch, 'a'), 'A');
      const target = prefix(join(scratch, 'c'), 'C');
      const patch = await makePatch({ base, target, volatile });
      expect(patch.length).to.be.below(6000);
      await applyPatch(patch, { to: base.path, registry: base.registry });
      const found = new Map(
        base.registry.flatMap((path) => {
          const bytes = readFileSync(path);
          expect(detectForm(bytes)).to.equal('wine');
          return [...openRegistry(bytes).registry];
        }),
      );
      for (const root of hiveRoots) {
        const stable = (one: Registry): Registry =>
          new Map([[root, removeVolatile(root, one.get(root) ?? emptyKey(), rules).key]]);
        expectRegistry(stable(found), stable(wineRegistry('C')));
      }
      const lines = readFileSync(base.registry[0] ?? '', 'utf8').split('\n');
      const were = new Set(wineFile('A', 'system.reg').toString().split('\n'));
      expect(lines.filter((line) => !were.has(line)).length).to.be.below(12);
      expect(readFileSync(base.registry[1] ?? '').equals(wineFile('A', 'user.reg'))).to.equal(true);
    }));

  it('says which file is missing for a hive', () =>
    withScratch(async (scratch) => {
      const base = prefix(join(scratch, 'a'), 'A');
      const target = prefix(join(scratch, 'c'), 'C');
      const [system = '', ...others] = target.registry;
      const text = openRegistry(readFileSync(system)).registry;
      writeFileSync(
        system,
        writeRegistry(new Map([...text, ...reg('[HKU\\S-1-5-18\\X]\n"a"="b"\n')]), 'reg5'),
      );
      const patch = await makePatch({ base, target: { ...target, registry: [system, ...others] }, volatile });
      const { message } = await refusal(
        () => applyPatch(patch, { to: base.path, registry: base.registry }),
        'E_CONFLICT',
      );
      expect(message).to.include("'users'");
    }));
});
