/** The registry of a real App-V package: read, patched and written so that other programs read the same. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fromBufferPromise } from 'yauzl';
import { applyDelta } from '../../../src/registry/delta/apply-delta.ts';
import { decodeDelta } from '../../../src/registry/delta/decode-delta.ts';
import { diffHives } from '../../../src/registry/delta/diff.ts';
import { encodeDelta } from '../../../src/registry/delta/encode-delta.ts';
import { openRegistry, writeAgain } from '../../../src/registry/forms/forms.ts';
import type { Registry, RegistryKey } from '../../../src/registry/hive.ts';
import { countKeys, emptyKey, equalKeys, keyWith } from '../../../src/registry/key.ts';
import { fromUtf16, stringData } from '../../../src/registry/utf16.ts';
import { fromVariables, toVariables } from '../../../src/registry/rules/variables.ts';
import { needs } from '../../contract/needs.ts';
import { withScratch } from '../../fixtures/tree.ts';
import { needHivex, readWithHivex } from '../regf-write/hivex.ts';
import { dataFile } from '../wine/test-files.ts';

async function packageFile(name: string, part: string): Promise<Buffer | null> {
  const data = dataFile(`msix/${name}`);
  if (data === null) return null;
  const zip = await fromBufferPromise(data);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== part) continue;
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }
  throw new Error(`${name} has no ${part}`);
}

function at(registry: Registry, root: 'machine' | 'user', ...path: string[]): RegistryKey {
  let key = registry.get(root);
  for (const name of path) key = key?.keys.get(name.toUpperCase());
  if (key === undefined) throw new Error(`no ${path.join('\\')}`);
  return key;
}

/** What reglookup says of a hive: path, type and data of all, without times; sorted. */
function rows(path: string): string[] {
  const { stdout, status } = spawnSync('reglookup', [path], { encoding: 'latin1' });
  expect(status).to.equal(0);
  return stdout
    .split('\n')
    .map((line) => line.replace(/,[^,]*$/, ''))
    .filter((line) => line !== '')
    .sort();
}

describe('registry of an App-V package', () => {
  let bytes: Buffer | null = null;
  before(async function () {
    bytes = await packageFile('NotepadPlusPlus.appx', 'Registry.dat');
    if (bytes === null) this.skip();
  });
  const open = (): ReturnType<typeof openRegistry> =>
    openRegistry(bytes ?? Buffer.of(), { name: 'Registry.dat' });

  it('is the hives of machine and user', () => {
    const { registry } = open();
    expect([...registry.keys()]).to.deep.equal(['machine', 'user']);
    const command = at(
      registry,
      'machine',
      'Software',
      'Microsoft',
      'Windows',
      'CurrentVersion',
      'App Paths',
      'notepad++.exe',
    );
    const value = command.values.get('');
    expect(value?.type).to.equal(0x440001);
    expect(fromUtf16(value?.data ?? Buffer.of())).to.equal('[{ProgramFilesX86}]\\Notepad++\\notepad++.exe\0');
    expect(at(registry, 'user', 'Software', 'Microsoft').keys.size).to.be.greaterThan(0);
    // The user's classes, which the file has beside the user's hive.
    at(registry, 'user', 'Software', 'Classes', 'Local Settings', 'MuiCache');
    // reglookup lists 227 rows beside the heading; the root, REGISTRY and USER are no keys of a hive here.
    const counts = [...registry.values()].map(countKeys);
    const all = counts.reduce((sum, { keys, values }) => sum + keys + values, registry.size);
    expect(all).to.equal(227 - 3);
  });

  it('keeps its tokens through variables', () => {
    const variables = {
      ProgramFilesX86: 'C:\\Program Files (x86)',
      AppVPackageRoot: 'C:\\ProgramData\\App-V\\x',
    };
    let touched = 0;
    for (const key of open().registry.values()) {
      const there = toVariables(key, variables);
      if (!equalKeys(there, key)) touched++;
      expect(equalKeys(fromVariables(there, variables), key)).to.equal(true);
    }
    expect(touched).to.be.greaterThan(0);
  });

  it('written again it is the same to us, to reglookup and to hivex', function () {
    needs(this, 'reglookup', []);
    needHivex.call(this);
    return withScratch((scratch) => {
      const source = open();
      const again = writeAgain(source.registry, source);
      const back = openRegistry(again, { name: 'Registry.dat' });
      for (const [root, key] of source.registry) {
        expect(equalKeys(back.registry.get(root) ?? emptyKey(), key)).to.equal(true);
      }
      expect(Buffer.compare(writeAgain(back.registry, back), again)).to.equal(0);
      const [old, now] = [join(scratch, 'old'), join(scratch, 'now')];
      writeFileSync(old, bytes ?? '');
      writeFileSync(now, again);
      expect(rows(now)).to.deep.equal(rows(old));
      // Times, too.
      const [theirs, ours] = readWithHivex([bytes ?? Buffer.of(), again]);
      expect(ours).to.deep.equal(theirs);
    });
  });

  it('is patched, and hivex reads what was changed', function () {
    needs(this, 'reglookup', []);
    return withScratch((scratch) => {
      const source = open();
      const key = source.registry.get('machine') ?? emptyKey();
      const software = at(source.registry, 'machine', 'Software');
      const value = { name: 'v', type: 0x40001, data: stringData('[{AppVPackageRoot}]\\x') };
      const values = new Map([...software.values, ['V', value]]);
      const target = keyWith(key, {
        keys: new Map([...key.keys, ['SOFTWARE', keyWith(software, { values })]]),
      });
      const delta = decodeDelta(encodeDelta(diffHives(key, target)));
      expect(delta.records).to.have.lengthOf(1);
      const patched = writeAgain(new Map([...source.registry, ['machine', applyDelta(key, delta)]]), source);
      const [old, now] = [join(scratch, 'old'), join(scratch, 'now')];
      writeFileSync(old, bytes ?? '');
      writeFileSync(now, patched);
      const before = new Set(rows(old));
      const added = rows(now).filter((row) => !before.has(row));
      expect(added).to.have.lengthOf(1);
      expect(added[0]).to.match(/^\/REGISTRY\/MACHINE\/SOFTWARE\/v,0x00040001,/);
    });
  });
});
