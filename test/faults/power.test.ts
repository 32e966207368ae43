/**
 * Law 4 when the power goes away: at every moment of a run, with what was not flushed by then lost, whole or in part, the next
 * run ends in exactly the state before or exactly the state after. `VPA_POWER_LOSSES` says how many random losses are tried for each
 * moment, beside all, none, and single ones.
 */
import { expect } from 'chai';
import { isPatchError } from '../../src/errors.ts';
import { withScratch } from '../fixtures/tree.ts';
import { makeGroups } from './cases.ts';
import { type Damage, certainAt, recording, replay } from './lossy-disk.ts';
import { endOf, started, stateOf } from './operation.ts';

const losses = Number(process.env['VPA_POWER_LOSSES'] ?? '1');
const damages: readonly Damage[] = ['empty', 'zeros', 'half'];
const groups = await makeGroups();

describe('faults: the power goes away', function () {
  this.timeout(600_000);
  for (const group of groups) {
    for (const operation of group.operations) {
      it(`${group.title}: ${operation.title}`, async () => {
        const ends = await operation.ends();
        const events = await started(ends.start, async (root) => {
          const recorded = await recording(root, () => operation.run(root));
          expect(stateOf(root)).to.deep.equal(ends.after);
          return recorded;
        });
        expect(events.filter((event) => 'flushed' in event).length, 'flushes').to.be.above(5);
        await withScratch(async (root) => {
          replay(root, ends.start, events, new Set(), events.length, 'empty');
          expect(stateOf(root), 'the record says all').to.deep.equal(ends.after);
        });
        const reached = { before: 0, after: 0 };
        const random = generator(events.length);
        for (let moment = 0; moment <= events.length; moment++) {
          const certain = certainAt(events, moment);
          const open = certain.flatMap((one, at) => (one ? [] : [at]));
          const some = Array.from({ length: losses }, () => open.filter(() => random() < 0.5));
          const single = open.length === 0 ? [] : [[open[Math.floor(random() * open.length)]!]];
          const others = single.map(([one]) => open.filter((at) => at !== one));
          for (const [n, lost] of [open, [], ...single, ...others, ...some].entries()) {
            await withScratch(async (root) => {
              const what = `moment ${moment} of ${events.length}, loss ${n}: ${lost.map((at) => describeEvent(events[at])).join('; ')}`;
              replay(root, ends.start, events, new Set(lost), moment, damages[(moment + n) % 3]!);
              try {
                // What it does is the same, only sooner.
                await operation.recover(root, false);
              } catch (error) {
                const details = isPatchError(error) ? error.details.join('; ') : '';
                throw new Error(`${what}: ${String(error)} ${details}`, { cause: error });
              }
              reached[endOf(ends, what, root)]++;
            });
          }
        }
        expect(reached.before).to.be.above(10);
        expect(reached.after).to.be.above(10);
      });
    }
  }
});

function describeEvent(event: object | undefined): string {
  return JSON.stringify(event && 'step' in event ? { ...(event.step as object), data: undefined } : event);
}

/** The same numbers every time, from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
