/** Says which process owns a lock, so that any other one can tell whether that process is still there. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import { systemCode } from '../../errors.ts';

const schema = z.object({
  process: z.int().min(1),
  thread: z.int().min(0),
  /** When the process started, in the kernel's clock: a number that is used again belongs to another process. */
  start: z.string(),
  /** The machine's run, from boot to boot. */
  boot: z.string(),
  host: z.string(),
  /** The name space in which the number of the process counts (a container has its own). */
  space: z.string(),
});

/** On systems other than Linux `start`, `boot` and `space` are empty, and only the number tells. */
export type Owner = z.infer<typeof schema>;

export function thisOwner(): Owner {
  return {
    process: process.pid,
    thread: threadId,
    start: statusOf(process.pid)?.start ?? '',
    boot: text('/proc/sys/kernel/random/boot_id'),
    host: hostname(),
    space: link('/proc/self/ns/pid'),
  };
}

/** Null for what is no owner: a file that a power failure left without its content. */
export function parseOwner(data: string): Owner | null {
  try {
    return schema.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    return null;
  }
}

/** `unknown`: on another machine or in another container, where nothing can be seen from here. */
export type Life = 'alive' | 'dead' | 'unknown';

/** Whether an owner other than a lock of this very thread is still at work. */
export function lifeOf(owner: Owner): Life {
  const mine = thisOwner();
  if (owner.host !== mine.host) return 'unknown';
  if (owner.boot !== mine.boot) return 'dead';
  if (owner.space !== mine.space) return 'unknown';
  if (owner.process === mine.process && owner.start === mine.start) {
    return owner.thread === mine.thread ? 'dead' : 'alive';
  }
  if (owner.start === '') return isThere(owner.process) ? 'alive' : 'dead';
  const status = statusOf(owner.process);
  // A zombie was killed already; only its parent has not taken note yet.
  return status?.start === owner.start && !'ZX'.includes(status.state) ? 'alive' : 'dead';
}

/** Linux, proc(5): `pid (name) state ppid …`, the start time as field 22. The name may have blanks and brackets in it. */
function statusOf(process_: number): { readonly state: string; readonly start: string } | null {
  const status = text(`/proc/${process_}/stat`);
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state !== undefined && start !== undefined ? { state, start } : null;
}

function isThere(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
