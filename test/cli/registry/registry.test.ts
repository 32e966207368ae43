import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { type Outcome, makeFolder, reg, removeFolder, vpa, writeTree } from '../command.ts';

const old = reg(
  '[HKEY_LOCAL_MACHINE\\Software\\Acme]',
  '@="Acme"',
  '"Count"=dword:0000000a',
  '"List"=hex(7):61,00,00,00,62,00,00,00,00,00',
  '"Blob"=hex:01,02,ff',
  '"Gone"="x"',
  '[HKEY_LOCAL_MACHINE\\Software\\Acme\\Old]',
  '"a"="1"',
  '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Acme]',
  '"Start"=dword:00000002',
);
const now = old
  .replace('0000000a', '0000000b')
  .replace('"Gone"="x"\r\n', '')
  .replace('Acme\\Old]', 'Acme\\New]')
  .replace('00000002', '00000003');

describe('vpa registry', () => {
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(['registry', ...words], { cwd });
  const read = (name: string): ReturnType<typeof parseReg> => parseReg(readFileSync(join(cwd, name)));

  before(() => {
    cwd = makeFolder();
    writeTree(cwd, { 'a.reg': old, 'b.reg': now, 'two.reg': `${old}[HKCU\\Mine]\r\n` });
  });
  after(() => removeFolder(cwd));

  it('explains itself, and mistakes', async () => {
    const help = await run('--help');
    expect(help.status).to.equal(0);
    for (const name of ['show', 'get', 'export', 'convert', 'diff', 'merge'])
      expect(help.out).to.contain(`  ${name} `);
    const unknown = await run('frobnicate');
    expect(unknown.status).to.equal(2);
    expect(unknown.err)
      .to.contain("unknown command 'registry frobnicate'")
      .and.to.contain('show, get, export');
    const nothing = await run();
    expect(nothing.status).to.equal(2);
    expect(nothing.err).to.contain('vpa registry needs a command');
    const root = await run('show', 'a.reg', '--root', 'HKXX');
    expect(root.status).to.equal(2);
    expect(root.err).to.contain('"HKXX" is no root of the registry');
  });

  it('shows keys and values as a tree', async () => {
    const all = await run('show', 'a.reg', 'HKLM\\Software\\Acme');
    expect(all.err).to.equal('');
    expect(all.out).to.equal(`HKEY_LOCAL_MACHINE\\Software\\Acme
  @      REG_SZ        "Acme"
  Blob   REG_BINARY    01 02 ff
  Count  REG_DWORD     10 (0xa)
  Gone   REG_SZ        "x"
  List   REG_MULTI_SZ  "a", "b"
  Old\\
    a  REG_SZ  "1"
`);
    const top = await run('show', 'a.reg', '--depth', '1');
    expect(top.out).to.equal(
      'HKEY_LOCAL_MACHINE\n  Software\\\n    … 2 keys below\n  SYSTEM\\\n    … 3 keys below\n',
    );
    const json = JSON.parse((await run('show', 'a.reg', 'Software\\Acme\\old', '--json')).out) as unknown;
    expect(json).to.deep.include({ form: 'reg5' });
    expect(json)
      .to.have.nested.property('keys[0]')
      .that.deep.includes({ path: 'HKEY_LOCAL_MACHINE\\Software\\Acme\\Old', kind: 'key' });
  });

  it('gets one value', async () => {
    expect((await run('get', 'a.reg', 'software\\acme')).out).to.equal('Acme\n');
    expect((await run('get', 'a.reg', 'HKLM\\Software\\Acme', 'list')).out).to.equal('a\nb\n');
    expect((await run('get', 'a.reg', 'HKLM\\Software\\Acme', 'Blob')).out).to.equal('0102ff\n');
    const json = await run('get', 'a.reg', 'HKLM\\Software\\Acme', 'COUNT', '--json');
    expect(JSON.parse(json.out)).to.deep.equal({
      key: 'HKEY_LOCAL_MACHINE\\Software\\Acme',
      name: 'Count',
      type: 4,
      typeName: 'REG_DWORD',
      data: '0a000000',
      decoded: 10,
      notices: [],
    });
  });

  it('names what is missing', async () => {
    const value = await run('get', 'a.reg', 'HKLM\\Software\\Acme', 'None', '--json');
    expect(value.status).to.equal(3);
    expect(JSON.parse(value.err)).to.deep.include({
      code: 'E_INPUT',
      message: 'HKEY_LOCAL_MACHINE\\Software\\Acme: has no value "None"',
    });
    const key = await run('get', 'a.reg', 'HKLM\\Software\\None\\Below');
    expect(key.status).to.equal(3);
    expect(key.err).to.contain('HKEY_LOCAL_MACHINE\\Software\\None: there is no such key');
    const hive = await run('show', 'a.reg', 'HKCU\\Software');
    expect(hive.status).to.equal(3);
    const which = await run('get', 'two.reg', 'Mine');
    expect(which.status).to.equal(2);
    expect(which.err).to.contain('HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER');
    const file = await run('show', 'nowhere');
    expect(file.status).to.equal(3);
  });

  it('exports a key alone', async () => {
    const out = await run('export', 'a.reg', 'HKLM\\Software\\Acme\\Old');
    expect(out.out).to.match(/^Windows Registry Editor Version 5\.00\n\n/);
    expect(out.out).to.contain('[HKEY_LOCAL_MACHINE\\Software\\Acme\\Old]\n"a"="1"\n');
    expect(out.out).to.not.contain('Count');
    const file = await run('export', 'a.reg', '-o', 'all.reg', '--json');
    expect(JSON.parse(file.out)).to.deep.equal({ output: 'all.reg', keys: 7, values: 7, notices: [] });
    expect(read('all.reg')).to.deep.equal(read('a.reg'));
    expect([...readFileSync(join(cwd, 'all.reg')).subarray(0, 2)]).to.deep.equal([0xff, 0xfe]);
  });

  it('shows what differs, as text, as data, and as .reg text to import', async () => {
    const text = await run('diff', 'a.reg', 'b.reg', '-o', 'delta.reg');
    expect(text.status).to.equal(0);
    expect(text.out).to.contain('~ service Acme: start automatic → manual\n');
    expect(text.out).to.contain(
      '[-HKEY_LOCAL_MACHINE\\Software\\Acme\\Old] ; removed: 1 key(s), 1 value(s)\n',
    );
    expect(text.out).to.contain('"Count"=dword:0000000b ; changed\n');
    const delta = readFileSync(join(cwd, 'delta.reg')).toString('utf16le');
    expect(delta).to.contain('[-HKEY_LOCAL_MACHINE\\Software\\Acme\\Old]').and.to.contain('"Gone"=-');
    const json = JSON.parse((await run('diff', 'a.reg', 'b.reg', '--json')).out) as { changes: unknown[] };
    expect(json).to.deep.include({ keysAdded: 1, keysRemoved: 1, valuesSet: 3, valuesRemoved: 2 });
    expect(json.changes).to.deep.include({
      op: 'change-value',
      key: 'HKEY_LOCAL_MACHINE\\Software\\Acme',
      name: 'Count',
      before: { type: 4, typeName: 'REG_DWORD', data: '0a000000', decoded: 10 },
      after: { type: 4, typeName: 'REG_DWORD', data: '0b000000', decoded: 11 },
    });
    const same = await run('diff', 'a.reg', 'a.reg');
    expect([same.status, same.out]).to.deep.equal([0, 'nothing differs\n']);
  });

  it('merges, and writes nothing where sides disagree', async () => {
    writeTree(cwd, {
      'ours.reg': old.replace('61,00,00,00,62', '63,00,00,00,61,00,00,00,62'),
      'clash.reg': old.replace('0000000a', '0000000c'),
    });
    const merged = await run('merge', 'a.reg', 'b.reg', 'ours.reg', '-o', 'merged.reg', '--json');
    expect(merged.status, merged.err).to.equal(0);
    expect(JSON.parse(merged.out)).to.deep.include({ conflicts: [], form: 'reg5', values: 6 });
    const list = await run('get', 'merged.reg', 'Software\\Acme', 'List');
    expect(list.out).to.equal('c\na\nb\n');

    const clash = await run('merge', 'a.reg', 'b.reg', 'clash.reg', '-o', 'clashed.reg');
    expect(clash.status).to.equal(7);
    expect(clash.err).to.contain('1 conflict; nothing was written [E_CONFLICT]');
    expect(clash.err).to.contain(
      'HKEY_LOCAL_MACHINE\\Software\\Acme, value "Count": changed differently: base 10 (0xa), theirs 11 (0xb), ours 12 (0xc)',
    );
    expect(existsSync(join(cwd, 'clashed.reg'))).to.equal(false);
    const forced = await run(
      'merge',
      'a.reg',
      'b.reg',
      'clash.reg',
      '-o',
      'clashed.reg',
      '--prefer',
      'theirs',
      '--json',
    );
    expect(forced.status).to.equal(0);
    expect(JSON.parse(forced.out)).to.have.nested.property('conflicts[0].ours.decoded', 12);
    const count = await run('get', 'clashed.reg', 'Software\\Acme', 'Count');
    expect(count.out).to.equal('11\n');
  });
});
