/** The fuzzer by hand: `npm run fuzz -- --runs N --seed S [--from N]`. Ends with 1 at the first defect, and says how to see it again. */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzzing.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    from: { type: 'string', default: '0' },
  },
});
const [runs, seed, from] = [Number(values.runs), Number(values.seed), Number(values.from)];
const results = new Map<string, number>();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`seed ${seed}, ${runs} runs`);
const started = performance.now();
for (let run = from; run < from + runs; run++) {
  try {
    const { result } = await fuzz(seed, run);
    results.set(result, (results.get(result) ?? 0) + 1);
  } catch (error) {
    say(`a defect: npm run fuzz -- --seed ${seed} --from ${run} --runs 1`);
    throw error;
  }
  if ((run - from + 1) % 1000 === 0)
    say(`${run - from + 1} runs, ${Math.round((performance.now() - started) / 1000)} s`);
}
for (const [result, count] of [...results].sort((a, b) => b[1] - a[1]))
  say(`${String(count).padStart(8)} ${result}`);
