/** The fuzzer, bounded. `VPA_FUZZ_RUNS` says how often; `npm run fuzz` runs it for as long as one likes. */
import { expect } from 'chai';
import { fuzz } from './fuzzing.ts';

const runs = Math.max(1, Number(process.env['VPA_FUZZ_RUNS'] ?? '300'));
const seed = Number(process.env['VPA_FUZZ_SEED'] ?? '1');

describe('patches and targets that are bent anywhere', () => {
  it(`are applied or refused, and nothing around changes, ${runs} times`, async () => {
    const results = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      try {
        const { result } = await fuzz(seed, run);
        results.set(result, (results.get(result) ?? 0) + 1);
      } catch (error) {
        throw new Error(`run ${run}: npm run fuzz -- --seed ${seed} --from ${run} --runs 1`, {
          cause: error,
        });
      }
    }
    // A fuzzer that meets one check alone, or none, would be none.
    if (runs >= 200)
      expect([...results.keys()]).to.include.members([
        'applied',
        'E_FORMAT',
        'E_DIGEST',
        'E_BASE_MISMATCH',
        'E_NAME',
      ]);
  }).timeout(3_600_000);
});
