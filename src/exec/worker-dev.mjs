// The worker's entry while we run from the sources: a worker of Node 20 cannot start from a .ts file, so this
// teaches it first. Built code starts from worker.js and never comes here (see threads.ts).
import { register } from 'tsx/esm/api';

register();
export const { answer } = await import('./worker.ts');
