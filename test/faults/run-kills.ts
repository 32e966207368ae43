/** `npm run faults -- --kills 500`: kills processes that patch a real application, and looks at what is left. */
import { parseArgs } from 'node:util';
import { killing } from './kills.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' } } });
const started = performance.now();
const counts = await killing(Number(values.kills), (line) => process.stdout.write(`${line}\n`));
const seconds = ((performance.now() - started) / 1000).toFixed(0);
process.stdout.write(`${values.kills} runs in ${seconds} s, none half done: ${JSON.stringify(counts)}\n`);
