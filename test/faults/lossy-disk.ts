/**
 * A disk that loses, when the power goes away, what was not flushed. The calls of a run are recorded; from the record, the
 * disk is made again as it may be after a power failure at any moment.
 *
 * The model is stricter than any file system that keeps a journal. A change of names (create, rename, remove) is certain
 * when every folder that it changes was flushed behind it; until then it may be lost, alone or with any others, in any
 * order. A rename is lost or done as a whole, and a folder that is gone for certain was empty. Content and mode are certain when the file or folder itself was flushed
 * behind them; until then a file may be empty, cut off, or full of zeros.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type AnyCall, watchingAllCalls } from '../fixtures/file-calls.ts';
import { type Tree, writeTree } from '../fixtures/tree.ts';

type Step =
  | { readonly do: 'create' | 'folder'; readonly path: string; readonly mode: number }
  | { readonly do: 'unlink' | 'rmdir'; readonly path: string }
  | { readonly do: 'rename' | 'link'; readonly from: string; readonly path: string }
  | { readonly do: 'symlink'; readonly to: string; readonly path: string }
  | { readonly do: 'mode'; readonly path: string; readonly mode: number }
  | { readonly do: 'write'; readonly path: string; readonly at: number; readonly data: Buffer };

/** What happened, and the numbers of the files and folders that have to be flushed to make it certain. */
export type Event =
  | { readonly flushed: number }
  | { readonly step: Step; readonly needs: readonly number[]; readonly emptied?: number };

/** Runs, and gives what happened below `root`. */
export async function recording(root: string, work: () => Promise<unknown>): Promise<Event[]> {
  const events: Event[] = [];
  const files = new Map<number, { path: string; at: number }>();
  let noted: Event[] = [];
  const inside = (path: unknown): path is string => typeof path === 'string' && path.startsWith(root);
  const name = (path: string): string => relative(root, path);
  const number = (path: string): number => lstatSync(path, { throwIfNoEntry: false })?.ino ?? -1;
  const names = (step: Step, ...paths: string[]): Event => {
    return { step, needs: paths.map((path) => number(dirname(path))) };
  };
  /** What a removal consists of, told before it happens. */
  const removal = (path: string): Event[] => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) return [];
    if (!stats.isDirectory()) return [names({ do: 'unlink', path: name(path) }, path)];
    const below = readdirSync(path).flatMap((one) => removal(join(path, one)));
    return [...below, { ...names({ do: 'rmdir', path: name(path) }, path), emptied: stats.ino }];
  };
  const before = (call: AnyCall, path: string, given: readonly unknown[]): void => {
    noted = [];
    if (call === 'rmSync' || call === 'rmdirSync' || call === 'unlinkSync') {
      if (inside(path)) noted = removal(path);
    } else if (call === 'renameSync' && inside(path)) {
      noted = [
        names({ do: 'rename', from: name(path), path: name(given[1] as string) }, path, given[1] as string),
      ];
    } else if (call === 'linkSync' && inside(path)) {
      const [from, to] = [name(path), given[1] as string];
      noted = [names({ do: 'link', from, path: name(to) }, to)];
    } else if (call === 'mkdirSync' && inside(path)) {
      const missing: string[] = [];
      for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
      noted = missing.map((one) => ({ step: { do: 'folder', path: name(one), mode: 0 }, needs: [] }));
    } else if ((call === 'openSync' || call === 'writeFileSync') && inside(path) && !existsSync(path)) {
      noted = [names({ do: 'create', path: name(path), mode: 0 }, path)];
    }
  };
  const after = (call: AnyCall, given: readonly unknown[], result: unknown): void => {
    const [first, second] = given;
    // It ends later, perhaps behind a call that has failed.
    if (call === 'fsync') noted = [];
    for (const one of noted) {
      if ('step' in one && (one.step.do === 'folder' || one.step.do === 'create')) {
        // What was made has its mode, and its folder a number, only now.
        const path = join(root, one.step.path);
        events.push(names({ ...one.step, mode: lstatSync(path).mode & 0o7777 }, path));
      } else events.push(one);
    }
    noted = [];
    if (call === 'openSync') {
      if (inside(first)) files.set(result as number, { path: first, at: 0 });
      // The number of a file that was closed is given to another one, perhaps elsewhere.
      else files.delete(result as number);
    }
    if (call === 'writeFileSync' && inside(first)) {
      const data = Buffer.from(second as string | Uint8Array);
      events.push({ step: { do: 'write', path: name(first), at: 0, data }, needs: [number(first)] });
    }
    const file = typeof first === 'number' ? files.get(first) : undefined;
    if ((call === 'writeSync' || call === 'writeFileSync') && file) {
      const size = call === 'writeSync' ? (result as number) : Infinity;
      const start = typeof given[2] === 'number' ? given[2] : 0;
      const data = Buffer.from(Buffer.from(second as string | Uint8Array).subarray(start, start + size));
      const step: Step = { do: 'write', path: name(file.path), at: file.at, data };
      events.push({ step, needs: [fstatSync(first as number).ino] });
      file.at += data.length;
    }
    if (call === 'fchmodSync' && file) {
      const step: Step = { do: 'mode', path: name(file.path), mode: second as number };
      events.push({ step, needs: [fstatSync(first as number).ino] });
    }
    if (call === 'chmodSync' && inside(first)) {
      events.push({
        step: { do: 'mode', path: name(first), mode: second as number },
        needs: [number(first)],
      });
    }
    if (call === 'symlinkSync' && inside(second)) {
      events.push(names({ do: 'symlink', to: readlinkSync(second), path: name(second) }, second));
    }
    if (call === 'copyFileSync')
      throw new Error('the lossy disk knows no copies: keep the files of the tests small');
    if (call === 'fsync' && file) events.push({ flushed: fstatSync(first as number).ino });
  };
  await watchingAllCalls(before, work, after);
  return events;
}

/** For each event up to a moment whether it is certain then. */
export function certainAt(events: readonly Event[], moment: number): boolean[] {
  const flushed = new Set<number>();
  const certain: boolean[] = [];
  for (let at = moment - 1; at >= 0; at--) {
    const event = events[at]!;
    if ('flushed' in event) flushed.add(event.flushed);
    certain[at] = 'flushed' in event || event.needs.every((one) => flushed.has(one));
    // A folder that is gone for certain was empty, so what took the last things out of it is certain too.
    if (certain[at] && 'emptied' in event) flushed.add(event.emptied);
  }
  return certain;
}

export type Damage = 'empty' | 'zeros' | 'half';

/** Makes the disk again as of a moment, without the events that are lost. What then cannot be done is lost too. */
export function replay(
  root: string,
  start: Tree,
  events: readonly Event[],
  lost: ReadonlySet<number>,
  moment: number,
  damage: Damage,
): void {
  writeTree(root, start);
  for (const [at, event] of events.slice(0, moment).entries()) {
    if ('flushed' in event) continue;
    if (!lost.has(at)) attempt(root, event.step);
    else if (event.step.do === 'write' && damage !== 'empty') attempt(root, damaged(event.step, damage));
  }
}

function damaged(step: Step & { do: 'write' }, damage: Damage): Step {
  if (damage === 'zeros') return { ...step, data: Buffer.alloc(step.data.length) };
  return { ...step, data: step.data.subarray(0, step.data.length >> 1) };
}

function attempt(root: string, step: Step): void {
  const path = join(root, step.path);
  try {
    switch (step.do) {
      case 'create':
        closeSync(openSync(path, 'wx', step.mode));
        break;
      case 'folder':
        mkdirSync(path, step.mode);
        break;
      case 'unlink':
        unlinkSync(path);
        break;
      case 'rmdir':
        rmdirSync(path);
        break;
      case 'rename':
        renameSync(join(root, step.from), path);
        break;
      case 'link':
        linkSync(join(root, step.from), path);
        break;
      case 'symlink':
        symlinkSync(step.to, path);
        break;
      case 'mode':
        chmodSync(path, step.mode);
        break;
      case 'write': {
        const file = openSync(path, 'r+');
        try {
          if (step.at === 0) ftruncateSync(file);
          for (let done = 0; done < step.data.length;)
            done += writeSync(file, step.data, done, undefined, step.at + done);
        } finally {
          closeSync(file);
        }
      }
    }
  } catch {
    // What it builds on was lost.
  }
}
