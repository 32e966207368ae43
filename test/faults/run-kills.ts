/**
 * `npm run faults -- --kills 500`: kills processes that patch a real application, and looks at what is left. `--base DIR --target DIR`
 * are the two versions of another application.
 */
import { parseArgs } from 'node:util';
import { killing } from './kills.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    base: { type: 'string' },
    target: { type: 'string' },
  },
});
const { base, target } = values;
const versions =
  base !== undefined && target !== undefined ? { base: { path: base }, target: { path: target } } : undefined;
const started = performance.now();
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const counts = await killing(Number(values.kills), tell, versions);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
process.stdout.write(`${values.kills} runs in ${seconds} s, none half done: ${JSON.stringify(counts)}\n`);
