/**
 * The fuzzer by hand: `npm run fuzz -- --runs N --seed S [--from N]`, or `--minutes M` for as many runs as that takes. Ends with 1
 * at the first defect, and says how to see it again.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzzing.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    from: { type: 'string', default: '0' },
  },
});
const minutes = Number(values.minutes ?? Infinity);
const runs = Number(values.runs ?? (values.minutes === undefined ? 10_000 : Infinity));
const [seed, from] = [Number(values.seed), Number(values.from)];
const results = new Map<string, number>();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const started = performance.now();
const seconds = (): number => Math.round((performance.now() - started) / 1000);
say(`seed ${seed}`);
let run = from;
for (; run < from + runs && seconds() < minutes * 60; run++) {
  try {
    const { result } = await fuzz(seed, run);
    results.set(result, (results.get(result) ?? 0) + 1);
  } catch (error) {
    say(`a defect: npm run fuzz -- --seed ${seed} --from ${run} --runs 1`);
    throw error;
  }
  if ((run - from + 1) % 1000 === 0) say(`${run - from + 1} runs, ${seconds()} s`);
}
say(`${run - from} runs in ${seconds()} s`);
for (const [result, count] of [...results].sort((a, b) => b[1] - a[1]))
  say(`${String(count).padStart(8)} ${result}`);
