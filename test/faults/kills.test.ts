/** Law 4 for a real application, by SIGKILL: a few of what `npm run faults -- --kills 500` does. */
import { expect } from 'chai';
import { needsPosix } from '../contract/needs.ts';
import { killing } from './kills.ts';

describe('faults: kill -9', function () {
  this.timeout(600_000);

  it('of a patch of 7-Zip at random moments leaves the old version or the new one', async function () {
    needsPosix(this, 'there is no SIGKILL here');
    const { killed } = await killing(Number(process.env['VPA_KILLS'] ?? '24'));
    expect(killed).to.be.above(8);
  });
});
