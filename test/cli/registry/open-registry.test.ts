import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { locateKey, locateKeys, pathText } from '../../../src/cli/registry/key-argument.ts';
import { openRegistryFile, writeLike } from '../../../src/cli/registry/open-registry.ts';
import { dataText, keyReport } from '../../../src/cli/registry/value-report.ts';
import type { Note } from '../../../src/cli/session.ts';
import { isPatchError } from '../../../src/errors.ts';
import { writeRegistry } from '../../../src/registry/forms/forms.ts';
import type { Registry } from '../../../src/registry/hive.ts';
import { emptyKey } from '../../../src/registry/key.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { stringData, toUtf16 } from '../../../src/registry/utf16.ts';
import { makeFolder, reg, removeFolder } from '../command.ts';

describe('openRegistryFile', () => {
  let cwd = '';
  const notes: Note[] = [];
  const session = { note: (note: Note): number => notes.push(note) };
  const text = reg('[HKEY_LOCAL_MACHINE\\Software\\Acme]', '"v"="1"', '"n"=dword:1');
  const registry = parseReg(new TextEncoder().encode(text));
  const at = (name: string): string => join(cwd, name);

  before(() => {
    cwd = makeFolder();
    for (const form of ['regf', 'reg5', 'reg4', 'wine', 'json'] as const) {
      // Names that say nothing.
      writeFileSync(at(form), writeRegistry(registry, form));
    }
    writeFileSync(at('SOFTWARE'), writeRegistry(registry, 'regf', undefined, { root: 'HKLM\\Software' }));
  });
  beforeEach(() => notes.splice(0));
  after(() => removeFolder(cwd));

  for (const form of ['regf', 'reg5', 'reg4', 'wine', 'json'] as const) {
    it(`reads and writes ${form}, by its content`, async () => {
      const opened = await openRegistryFile(session, at(form));
      expect(opened.form).to.equal(form);
      // A hive's keys always have a security descriptor, so only values are compared.
      const valuesOf = (one: Registry): unknown =>
        keyReport(locateKey({ registry: one, place: null }, 'HKLM\\Software\\Acme').key).values;
      expect(valuesOf(opened.registry)).to.deep.equal(valuesOf(registry));
      expect(locateKey(opened, 'software\\acme').names).to.deep.equal(['Software', 'Acme']);
      expect(locateKey(opened, '\\HKLM\\Software\\').names).to.deep.equal(['Software']);
      expect(Buffer.from(writeLike(opened.registry, opened)).equals(readFileSync(at(form)))).to.equal(true);
      expect(notes.map(({ code }) => code)).to.deep.equal(form === 'regf' ? ['root-assumed'] : []);
    });
  }

  it("finds keys from a hive file's own root", async () => {
    const opened = await openRegistryFile(session, at('SOFTWARE'));
    expect(notes).to.deep.equal([]);
    const [start] = locateKeys(opened, undefined);
    expect(start && pathText(start.root, start.names)).to.equal('HKEY_LOCAL_MACHINE\\Software');
    for (const path of ['Acme', 'HKLM\\Software\\Acme', 'hkey_local_machine\\SOFTWARE\\acme'])
      expect(locateKey(opened, path).key.values.size).to.equal(2);
    expect(Buffer.from(writeLike(opened.registry, opened)).equals(readFileSync(at('SOFTWARE')))).to.equal(
      true,
    );
  });

  it('takes a hive for what it is told', async () => {
    const opened = await openRegistryFile(session, at('regf'), 'HKCU');
    expect([...opened.registry.keys()]).to.deep.equal(['user']);
    expect(notes).to.deep.equal([]);
  });

  it('names the file that it cannot read', async () => {
    writeFileSync(at('other'), 'hello');
    writeFileSync(at('bad.reg'), text.replace('"v"=', '"v"'));
    for (const [name, code] of [
      ['other', 'E_FORMAT'],
      ['bad.reg', 'E_FORMAT'],
      ['none', 'E_INPUT'],
      ['.', 'E_INPUT'],
    ] as const) {
      const error: unknown = await openRegistryFile(session, at(name)).catch((reason: unknown) => reason);
      expect(isPatchError(error) && error.code, name).to.equal(code);
      expect(isPatchError(error) && error.message).to.contain(at(name));
    }
  });
});

describe('dataText', () => {
  const text = (type: number, data: Uint8Array, limit = 60): string =>
    dataText({ name: '', type, data }, limit);
  it('shows data on one line', () => {
    expect(text(1, stringData('a'))).to.equal('"a"');
    expect(text(7, toUtf16('a\0b\0\0'))).to.equal('"a", "b"');
    expect(text(4, Uint8Array.of(10, 0, 0, 0))).to.equal('10 (0xa)');
    expect(text(3, Uint8Array.of(1, 2))).to.equal('01 02');
    expect(text(3, new Uint8Array(0))).to.equal('');
    expect(text(3, new Uint8Array(9), 9)).to.equal('00 00 00 … (9 bytes)');
    expect(text(1, stringData('abcdef'), 3)).to.equal('"ab… (14 bytes)');
    expect(dataText({ name: '', type: 'delete-entry', data: new Uint8Array(0) }, 9)).to.equal(
      '(hides the value below)',
    );
  });
});

describe('keyReport', () => {
  it('says what it leaves out', () => {
    const hive =
      parseReg(new TextEncoder().encode(reg('[HKLM\\A\\B]', '"v"="1"'))).get('machine') ?? emptyKey();
    expect(keyReport(hive, 1)).to.deep.equal({
      name: '',
      kind: 'key',
      values: [],
      keys: [{ name: 'A', kind: 'key', values: [], keys: [], omitted: { keys: 1, values: 1 } }],
    });
    expect(
      keyReport({ ...emptyKey('K'), attributes: { className: 'c', security: Uint8Array.of(1), link: true } }),
    ).to.deep.equal({ name: 'K', kind: 'key', class: 'c', security: '01', link: true, values: [], keys: [] });
  });
});
