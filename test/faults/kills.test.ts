/** Law 4 for a real application, by SIGKILL: a few of what `npm run faults -- --kills 500` does. */
import { expect } from 'chai';
import { release, sevenZip } from '../../examples/applications.ts';
import { needsPosix } from '../contract/needs.ts';
import { killing } from './kills.ts';

const kills = Number(process.env['VPA_KILLS'] ?? '24');

describe('faults: kill -9', function () {
  this.timeout(600_000);

  it('of a patch of 7-Zip, and of two as one, at random moments leaves the old version or the new one', async function () {
    needsPosix(this, 'there is no SIGKILL here');
    const versions = ['5.0.3', '5.1.1', '5.2.0'].map((version) => release(sevenZip, version));
    const { killed } = await killing(kills, { versions });
    expect(killed).to.be.above(kills / 3);
  });

  it('of whatever changes a store with 7-Zip leaves each layer in its old generation or the new one', async function () {
    needsPosix(this, 'there is no SIGKILL here');
    const { killed } = await killing(kills / 2, { inStore: true });
    expect(killed).to.be.above(kills / 6);
  });
});
