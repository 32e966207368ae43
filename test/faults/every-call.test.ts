import { makeGroups } from './cases.ts';
import { atEveryCall, stride, tried } from './every-call.ts';

const groups = await makeGroups();

describe('faults: every call', function () {
  this.timeout(stride === 1 ? 0 : 600_000);
  after(() => {
    if (stride === 1) process.stdout.write(`      every call: ${JSON.stringify(tried)}\n`);
  });
  for (const [seed, { title, operations }] of groups.entries()) {
    describe(title, () => {
      for (const operation of operations) atEveryCall(operation, seed);
    });
  }
});
