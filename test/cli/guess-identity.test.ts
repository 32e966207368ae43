import { join } from 'node:path';
import { expect } from 'chai';
import { guessIdentity, versionIn } from '../../src/cli/guess-identity.ts';
import { makeFolder, removeFolder, writeTree } from './command.ts';

const nobody = { id: '', name: '', version: '' };

describe('cli: guessing an identity', () => {
  let folder = '';
  before(() => (folder = makeFolder()));
  after(() => removeFolder(folder));
  const guess = (name: string): object => guessIdentity({ identity: nobody, location: join(folder, name) });

  it('believes what a layer says of itself', () => {
    const identity = { id: '{1}', name: 'Notes', version: '1.0' };
    expect(guessIdentity({ identity, location: join(folder, 'other-9.9.9') })).to.deep.equal(identity);
  });

  it('takes package.json, then the name of the folder', () => {
    writeTree(folder, {
      'app-3.0.0/package.json': '{"name":"notes","version":"1.2.3"}',
      'bad-2.0/package.json': '{',
    });
    expect(guess('app-3.0.0')).to.deep.equal({ id: 'notes', name: 'notes', version: '1.2.3' });
    expect(guess('bad-2.0')).to.deep.equal({ id: 'bad', name: 'bad', version: '2.0.0' });
    expect(guess('Acme Notes v1.2.0-rc.1')).to.deep.equal({
      id: 'Acme Notes',
      name: 'Acme Notes',
      version: '1.2.0-rc.1',
    });
    expect(guess('notes/1.4.2')).to.deep.equal({ id: 'notes', name: 'notes', version: '1.4.2' });
    expect(guess('notes')).to.deep.equal({ id: 'notes', name: 'notes', version: '' });
  });

  it('finds a version only where there is one', () => {
    const found = ['notes-1.0.0', 'notes_1.2', 'notes-1.2.3.4', 'notes-1.0.0.vsa', 'v2.0.1'].map(versionIn);
    expect(found).to.deep.equal(['1.0.0', '1.2.0', '1.2.3.4', '1.0.0', '2.0.1']);
    for (const name of ['notes', 'notes-2', 'mp3', 'notes2.0x', 'abc1.2.3'])
      expect(versionIn(name), name).to.equal(null);
  });
});
