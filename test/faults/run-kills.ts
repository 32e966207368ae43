/**
 * `npm run faults -- --kills 500`: kills processes that patch a real application, and looks at what is left. `--base DIR --target DIR`
 * are two versions of another application; `--between DIR`, which may come more than once, are versions between the two. With `--store`
 * they are layers of a store.
 */
import { parseArgs } from 'node:util';
import { killing } from './kills.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    base: { type: 'string' },
    between: { type: 'string', multiple: true, default: [] },
    target: { type: 'string' },
    store: { type: 'boolean', default: false },
  },
});
const { base, between, target } = values;
const versions =
  base !== undefined && target !== undefined
    ? [base, ...between, target].map((path) => ({ path }))
    : undefined;
const started = performance.now();
const counts = await killing(Number(values.kills), {
  tell: (line) => void process.stdout.write(`${line}\n`),
  inStore: values.store,
  ...(versions && { versions }),
});
const seconds = ((performance.now() - started) / 1000).toFixed(0);
process.stdout.write(`${values.kills} runs in ${seconds} s, none half done: ${JSON.stringify(counts)}\n`);
