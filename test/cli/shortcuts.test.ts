import { expect } from 'chai';
import { makeFolder, removeFolder, vpa, writeTree } from './command.ts';

/** MS-SHLLINK: a header with a LinkInfo of a local path, and arguments in the code page. */
function linkTo(target: string, words: string): Buffer {
  const data = Buffer.alloc(0x4c + 0x1c + target.length + 2);
  Buffer.from('4c0000000114020000000000c000000000000046', 'hex').copy(data);
  data.writeUInt32LE(0x22, 0x14);
  const suffix = 0x1c + target.length + 1;
  [suffix + 1, 0x1c, 1, 0, 0x1c, 0, suffix].forEach((word, at) => data.writeUInt32LE(word, 0x4c + at * 4));
  data.write(target, 0x4c + 0x1c, 'latin1');
  return Buffer.concat([data, Buffer.of(words.length, 0), Buffer.from(words, 'latin1')]);
}

describe('vpa, of shortcuts', () => {
  let cwd = '';
  before(() => {
    cwd = makeFolder();
    const same = linkTo('C:\\same.exe', '');
    writeTree(cwd, {
      'acme-1/Acme.lnk': linkTo('C:\\old.exe', '-x'),
      'acme-1/Gone.LNK': linkTo('C:\\gone.exe', ''),
      'acme-1/Here.lnk': same,
      'acme-1/Kept.lnk': same,
      'acme-1/Moved.lnk': linkTo('C:\\moved.exe', ''),
      'acme-1/None.lnk': 'no link',
      'acme-2/Acme.lnk': linkTo('C:\\new.exe', '-x'),
      'acme-2/Copy.lnk': same,
      'acme-2/Here.lnk': linkTo('C:\\\u001b[2J.exe', ''),
      'acme-2/Kept.lnk': same,
      'acme-2/None.lnk': 'still none',
      'acme-2/sub/Moved.lnk': linkTo('C:\\moved.exe', ''),
    });
  });
  after(() => removeFolder(cwd));

  it('shows where they lead: what differs, and what a patch carries', async () => {
    const seen = await vpa(['diff', 'acme-1', 'acme-2'], { cwd });
    expect(seen.status, seen.err).to.equal(0);
    expect(seen.out.split('\n').filter((line) => line.includes('shortcut'))).to.deep.equal([
      '  ~ shortcut AppRoot/Acme.lnk: target C:\\old.exe → C:\\new.exe',
      '  + shortcut AppRoot/Copy.lnk added: target C:\\same.exe',
      '  - shortcut AppRoot/Gone.LNK removed',
      '  ~ shortcut AppRoot/Here.lnk: target C:\\same.exe → C:\\\\u{1b}[2J.exe',
    ]);
    const told = await vpa(['diff', 'acme-1', 'acme-2', '--json'], { cwd });
    const { objects } = JSON.parse(told.out) as { objects: object[] };
    expect(objects[0]).to.deep.equal({
      kind: 'shortcut',
      name: 'AppRoot/Acme.lnk',
      change: 'changed',
      fields: [{ field: 'target', before: 'C:\\old.exe', after: 'C:\\new.exe' }],
    });
    const made = await vpa(['create', 'acme-1', 'acme-2', '-o', 'a.vpa', '--codec', 'none'], { cwd });
    expect(made.status, made.err).to.equal(0);
    const inspected = await vpa(['inspect', 'a.vpa'], { cwd });
    expect(inspected.status, inspected.err).to.equal(0);
    // A copy's content is not in the patch, nor is what there was before.
    expect(inspected.out.split('\n').filter((line) => line.includes('shortcut'))).to.deep.equal([
      '  ~ shortcut AppRoot/Acme.lnk: target → C:\\new.exe, arguments → -x',
      '  ~ shortcut AppRoot/Here.lnk: target → C:\\\\u{1b}[2J.exe',
    ]);
  });
});
