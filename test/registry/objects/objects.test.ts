import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { diffHives } from '../../../src/registry/delta/diff.ts';
import type { HiveRoot, Registry } from '../../../src/registry/hive.ts';
import { emptyKey } from '../../../src/registry/key.ts';
import { decodeData, typeName } from '../../../src/registry/objects/data.ts';
import { objectsOfDelta } from '../../../src/registry/objects/delta-objects.ts';
import { describeObject } from '../../../src/registry/objects/describe.ts';
import { diffObjects, objectsOf } from '../../../src/registry/objects/objects.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { stringData, toUtf16 } from '../../../src/registry/utf16.ts';

const examples = join(import.meta.dirname, '../../../examples/registry');

function registry(body: string): Registry {
  return parseReg(new TextEncoder().encode(`Windows Registry Editor Version 5.00\n${body}`));
}
function sevenZip(version: string): Registry {
  return parseReg(readFileSync(join(examples, `7zip-${version}.reg`)));
}
const lines = (before: Registry, after: Registry): string[] => diffObjects(before, after).map(describeObject);
function deltaLines(before: Registry, after: Registry, root: HiveRoot = 'machine'): string[] {
  const delta = diffHives(before.get(root) ?? emptyKey(), after.get(root) ?? emptyKey());
  return objectsOfDelta(delta, root).map(describeObject);
}

const services = 'HKLM\\SYSTEM\\CurrentControlSet\\Services';
const acme = (start: number, more = ''): string => `
[${services}\\Acme]
"DisplayName"="Acme Server"
"ImagePath"=hex(2):61,00,00,00
"Start"=dword:${start}
"Type"=dword:10
"DependOnService"=hex(7):61,00,00,00,62,00,00,00,00,00
${more}
[${services}\\Acme\\Parameters]
"ServiceDll"="acme.dll"
[${services}\\.NET Counters\\Performance]
"x"="1"
`;

describe('objectsOf', () => {
  it("sees what 7-Zip's installer registers", () => {
    const objects = objectsOf(sevenZip('5.2.0'));
    const kinds = [...new Set(objects.map(({ kind }) => kind))];
    expect(kinds).to.deep.equal(['program', 'file-association', 'com-server', 'app-path']);
    expect(objects[0]).to.deep.equal({
      kind: 'program',
      name: '7-Zip 21.07 (x64)',
      root: 'machine',
      path: ['SOFTWARE', 'Microsoft', 'Windows', 'CurrentVersion', 'Uninstall', '7-Zip'],
      fields: {
        'display name': '7-Zip 21.07 (x64)',
        version: '21.07',
        folder: 'C:\\Program Files\\7-Zip\\',
        'uninstalled by': '"C:\\Program Files\\7-Zip\\Uninstall.exe"',
      },
    });
    expect(objects.find(({ name }) => name === '.zip')?.fields).to.deep.equal({
      program: '7-Zip.zip',
      description: 'zip Archive',
      'opens with': '"C:\\Program Files\\7-Zip\\7zFM.exe" "%1"',
      icon: 'C:\\Program Files\\7-Zip\\7z.dll,1',
    });
    expect(objects.find(({ kind }) => kind === 'com-server')?.fields).to.deep.equal({
      name: '7-Zip Shell Extension',
      library: '%ProgramFiles%\\7-Zip\\7-zip.dll',
      'threading model': 'Apartment',
    });
  });

  it('reads services', () => {
    const [service, ...others] = objectsOf(registry(acme(2, '"DelayedAutostart"=dword:1')));
    expect(others).to.deep.equal([]);
    expect(service).to.deep.include({ kind: 'service', name: 'Acme' });
    expect(service?.fields).to.deep.equal({
      'display name': 'Acme Server',
      start: 'automatic',
      delayed: 'yes',
      type: 'own process',
      image: 'a',
      library: 'acme.dll',
      'depends on': 'a, b',
    });
  });

  it("reads users' objects in every hive of theirs, and finds the machine's programs from there", () => {
    const body = (root: string): string => `
[${root}\\Environment]
"TEMP"="t"
@="no variable"
[${root}\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce]
"Setup"="setup.exe /2"
"Hidden"=-
[${root}\\Software\\Classes\\.acme]
@="Acme.File"
[-${root}\\Software\\Classes\\.gone]
`;
    const machine =
      '[HKCR\\Acme.File\\shell]\n@="view"\n[HKCR\\Acme.File\\shell\\view\\command]\n@="acme %1"\n';
    const found = objectsOf(
      registry(['HKCU', 'HKU\\S-1-5-21', 'HKU\\.DEFAULT'].map(body).join('') + machine),
    );
    expect(found.map(({ kind, root, name }) => `${root} ${kind} ${name}`)).to.have.members(
      ['user', 'users', 'user-template'].flatMap((root) => [
        `${root} autostart Setup`,
        `${root} environment-variable TEMP`,
        `${root} file-association .acme`,
      ]),
    );
    for (const { kind, fields } of found) {
      if (kind === 'file-association')
        expect(fields).to.deep.equal({ program: 'Acme.File', 'opens with': 'acme %1' });
    }
  });
});

describe('diffObjects', () => {
  it('says what changed in one line', () => {
    const run = 'HKLM\\Software\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Run';
    const environment = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment';
    const before = registry(`${acme(2)}[${run}]\n"Old"="old.exe"\n[${environment}]\n"ACME"="1"`);
    const after = registry(`${acme(3).toUpperCase().replaceAll('DWORD', 'dword').replaceAll('HEX', 'hex')}
[${run}]\n"New"="new.exe"\n[${environment}]\n"ACME"="2"\n[HKCU\\Environment]\n"MINE"="3"`);
    expect(lines(before, after)).to.deep.equal([
      'service ACME: display name Acme Server → ACME SERVER, start automatic → manual, library acme.dll → ACME.DLL',
      'autostart New (32-bit) added: command new.exe',
      'autostart Old (32-bit) removed',
      'environment variable ACME: value 1 → 2',
      'environment variable MINE (user) added: value 3',
    ]);
  });

  it('follows 7-Zip from version to version', () => {
    expect(lines(sevenZip('5.1.1'), sevenZip('5.2.0'))[0]).to.match(
      /^program 7-Zip 21\.07 .*version .* → 21\.07/,
    );
    expect(lines(sevenZip('5.2.0'), sevenZip('5.2.0'))).to.deep.equal([]);
  });

  it('tells copies of control sets apart', () => {
    const other = acme(4).replaceAll('CurrentControlSet', 'ControlSet001');
    expect(lines(registry(acme(2)), registry(acme(2) + other))).to.deep.equal([
      'service Acme (ControlSet001) added: display name Acme Server, start disabled, type own process, image a, library acme.dll, depends on a, b',
    ]);
  });
});

describe('objectsOfDelta', () => {
  it('says what the patch alone knows', () => {
    const hidden = acme(2).replace(`[${services}\\Acme]`, `[${services}\\Other]`);
    const before = registry(
      `${acme(2)}[${services}\\Gone]\n"Start"=dword:2\n[HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment]\n"A"="1"\n"B"="1"`,
    );
    const after = registry(
      `${acme(3)}${hidden}[-${services}\\Gone]\n[HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment]\n"A"="2"\n"C"="3"`,
    );
    expect(deltaLines(before, after)).to.deep.equal([
      'service Acme: start → manual',
      'service Other added: display name Acme Server, start automatic, type own process, image a, depends on a, b',
      'service Gone removed',
      'environment variable A: value → 2',
      'environment variable C added: value 3',
      'environment variable B removed',
    ]);
  });

  it('knows all of a whole hive that comes', () => {
    const after = sevenZip('5.2.0');
    expect(deltaLines(new Map(), after)).to.deep.equal(lines(new Map(), after));
  });
});

describe('decodeData', () => {
  const value = (type: number, data: Uint8Array): ReturnType<typeof decodeData> =>
    decodeData({ name: '', type, data });
  it('reads data as its type means it', () => {
    expect(value(1, stringData('a'))).to.equal('a');
    expect(value(2, toUtf16('a\0rubbish'))).to.equal('a');
    expect(value(7, toUtf16('a\0b\0\0c'))).to.deep.equal(['a', 'b']);
    expect(value(7, toUtf16('a'))).to.deep.equal(['a']);
    expect(value(4, Uint8Array.of(1, 2, 0, 0))).to.equal(0x201);
    expect(value(5, Uint8Array.of(0, 0, 2, 1))).to.equal(0x201);
    expect(value(11, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80))).to.equal(1n << 63n);
    expect(value(0x40001, stringData('a'))).to.equal('a');
    expect(value(0xffff0001, stringData('a'))).to.equal(null);
    expect(value(4, Uint8Array.of(1))).to.equal(null);
    expect(value(3, Uint8Array.of(1))).to.equal(null);
    expect(decodeData({ name: '', type: 'delete-entry', data: new Uint8Array(0) })).to.equal(null);
  });
  it('names types', () => {
    expect(typeName(7)).to.equal('REG_MULTI_SZ');
    expect(typeName(0x440001)).to.equal('REG_SZ|0x440000');
    expect(typeName(0xffff0012)).to.equal('0xffff0012');
    expect(typeName(12)).to.equal('0xc');
    expect(typeName('delete-entry')).to.equal('delete entry');
  });
});
