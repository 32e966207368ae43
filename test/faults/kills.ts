/** A real application, patched by processes that are killed at random moments. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { release, sevenZip } from '../../examples/applications.ts';
import { applyPatch, makePatch } from '../fixtures/patching.ts';
import { discard, listing, readTree, scratch } from '../fixtures/tree.ts';
import { recoverDirectory } from '../../src/store/recover-directory.ts';

/** `VPA_CHILD`: a bundle of it, which starts in a tenth of the time. */
const child = process.env['VPA_CHILD'] ?? join(import.meta.dirname, '..', 'fixtures', 'apply-child.ts');
const ways = ['in place', 'with a backup', 'to a new folder', 'undo'] as const;
type Way = (typeof ways)[number];

export interface Killed {
  /** Runs that were killed before they had come to their end. */
  readonly killed: number;
  /** Recoveries that were killed too. */
  readonly recoveries: number;
  /** Where the recoveries ended. */
  readonly undone: number;
  readonly finished: number;
}

/** Two versions of an application. */
export interface Versions {
  readonly base: Version;
  readonly target: Version;
}

interface Version {
  readonly path: string;
  readonly registry?: readonly string[];
}

/** Throws at the first run that is at neither end. 7-Zip with its registry, if no other application is given. */
export async function killing(
  times: number,
  tell: (line: string) => void = () => undefined,
  versions: Versions = { base: release(sevenZip, '5.1.1'), target: release(sevenZip, '5.2.0') },
): Promise<Killed> {
  const root = scratch();
  try {
    return await new Killing(root, tell, versions).run(times);
  } finally {
    discard(root);
  }
}

class Killing {
  readonly #durations = new Map<Way, number>();
  readonly #root: string;
  readonly #tell: (line: string) => void;
  readonly #patch: string;
  readonly #versions: Versions;
  /** The registry file beside the application, if there is one. */
  readonly #sides: readonly string[];
  #base: string[] = [];
  #target: string[] = [];

  constructor(root: string, tell: (line: string) => void, versions: Versions) {
    this.#root = root;
    this.#tell = tell;
    this.#versions = versions;
    this.#patch = join(root, 'test.vpa');
    this.#sides = versions.base.registry?.length ? ['app.reg'] : [];
  }

  async run(times: number): Promise<Killed> {
    const { base, target } = this.#versions;
    writeFileSync(this.#patch, await makePatch({ base, target, codecs: [] }));
    for (const [place, source] of [
      ['base', base],
      ['target', target],
    ] as const) {
      cpSync(source.path, join(this.#root, place, 'app'), { recursive: true });
      for (const side of this.#sides) cpSync(source.registry?.[0] ?? '', join(this.#root, place, side));
    }
    this.#base = this.#state('base');
    this.#target = await this.#endOfTarget();
    const counts = { killed: 0, recoveries: 0, undone: 0, finished: 0 };
    for (let n = 0; n < times; n++) {
      const way = ways[n % ways.length] ?? 'in place';
      await this.#one(way, n, counts);
      if ((n + 1) % 20 === 0) this.#tell(`${n + 1} of ${times}: ${JSON.stringify(counts)}`);
    }
    return counts;
  }

  /** The registry file is written in the form of the old one, so the end is what an undisturbed run makes. */
  async #endOfTarget(): Promise<string[]> {
    cpSync(join(this.#root, 'base'), join(this.#root, 'run'), { recursive: true });
    await this.#apply('in place', 'run');
    const end = this.#state('run');
    rmSync(join(this.#root, 'run'), { recursive: true });
    return end;
  }

  async #one(way: Way, n: number, counts: { -readonly [Key in keyof Killed]: number }): Promise<void> {
    const place = join(this.#root, 'run');
    cpSync(join(this.#root, 'base'), place, { recursive: true });
    if (way === 'undo') await this.#apply('with a backup', 'run');
    const known = this.#durations.get(way);
    const share = Math.random();
    // The commit is short, so that half of the kills are aimed at it.
    const delay = known === undefined ? Infinity : n % 8 < 4 ? known * share : 'commit';
    const { duration, ended } = await this.#killed(way, delay);
    if (known === undefined) this.#durations.set(way, duration);
    if (!ended) counts.killed++;
    if (!ended && n % 3 === 0) {
      const recovery = await this.#killed('recover', Math.random() * 30, way);
      if (!recovery.ended) counts.recoveries++;
    }
    const app = join(place, 'app');
    const outcomes = [await recoverDirectory(app), await recoverDirectory(join(place, 'out'))];
    if (outcomes.includes('undone')) counts.undone++;
    if (outcomes.includes('finished')) counts.finished++;
    this.#check(way, `kill ${n} (${way}, ${Math.round(share * 100)} %)`);
    if (way !== 'to a new folder') {
      await this.#apply('in place', 'run');
      this.#expect('run', this.#target, `kill ${n} (${way}), applied again`);
    }
    rmSync(place, { recursive: true });
  }

  /** Shortly after the record has got its name. */
  async #committing(done: Promise<unknown>): Promise<void> {
    let over = false;
    const end = (): void => {
      over = true;
    };
    void done.then(end, end);
    const works = [join(this.#root, 'run', 'app', '.vpa-work'), join(this.#root, 'run', '.out.vpa-work')];
    const names = ['take.json', 'put.json', 'unput.json', 'untake.json'];
    const records = works.flatMap((work) => names.map((name) => join(work, name)));
    while (!(over as boolean) && !records.some((path) => existsSync(path))) await new Promise(setImmediate);
    await sleep(Math.random() * 12);
  }

  #check(way: Way, what: string): void {
    if (way === 'to a new folder') {
      const all = listing(readTree(join(this.#root, 'run')));
      const made = all.some((line) => line.startsWith('"out"'));
      const names = all.map((line) => line.slice(1, line.indexOf('"', 1)).split('/')[0]);
      const wanted = (made ? ['app', 'out'] : ['app']).flatMap((name) => [
        name,
        ...this.#sides.map((side) => side.replace('app', name)),
      ]);
      const found = [...new Set(names)].sort();
      if (found.join() !== wanted.join()) throw new Error(`${what}: left ${found.join()}`);
      const out = all.filter((line) => line.startsWith('"out')).map((line) => `"app${line.slice(4)}`);
      const app = all.filter((line) => line.startsWith('"app'));
      if (app.join('\n') !== this.#base.join('\n')) throw new Error(`${what}: the base was changed`);
      if (made && out.sort().join('\n') !== this.#target.join('\n'))
        throw new Error(`${what}: is not the target`);
      return;
    }
    const now = this.#state('run').join('\n');
    if (now !== this.#base.join('\n')) this.#expect('run', this.#target, what);
  }

  #expect(place: string, wanted: readonly string[], what: string): void {
    const now = this.#state(place);
    const different = now.filter((line) => !wanted.includes(line));
    if (now.join('\n') !== wanted.join('\n')) throw new Error(`${what}:\n${different.join('\n')}`);
  }

  /** Without what is remembered for undo. */
  #state(place: string): string[] {
    const lines = listing(readTree(join(this.#root, place), ['app/.vpa']));
    return lines.filter((line) => !line.includes('.vpa-undo-'));
  }

  #options(way: Way, place: string): { to: string; registry: string[]; out?: string; backup?: 'keep' } {
    const to = join(this.#root, place, 'app');
    const registry = this.#sides.map((side) => join(this.#root, place, side));
    if (way === 'to a new folder') return { to, registry, out: join(this.#root, place, 'out') };
    return way === 'with a backup' ? { to, registry, backup: 'keep' } : { to, registry };
  }

  async #apply(way: Way, place: string): Promise<void> {
    await applyPatch(readFileSync(this.#patch), this.#options(way, place));
  }

  async #killed(
    way: Way | 'recover',
    delay: number | 'commit',
    recovered: Way = 'in place',
  ): Promise<{ duration: number; ended: boolean }> {
    const patch = way === 'undo' ? '' : way === 'recover' ? 'recover' : this.#patch;
    const options = JSON.stringify(this.#options(way === 'recover' ? recovered : way, 'run'));
    const one: ChildProcess = fork(child, [patch, options], {
      execArgv: child.endsWith('.ts') ? ['--import', 'tsx'] : [],
    });
    await once(one, 'message');
    const started = performance.now();
    const exited = once(one, 'exit');
    let ended = false;
    const done = once(one, 'message').then(([message]) => {
      ended = message === 'done';
      if (!ended) throw new Error(`${way}: ${String(message)}`);
    });
    one.send('go');
    const moment =
      delay === 'commit'
        ? this.#committing(done)
        : sleep(Math.min(delay, 600_000), undefined, { ref: false });
    await Promise.race([moment, done]);
    const duration = performance.now() - started;
    done.catch(() => undefined);
    one.kill('SIGKILL');
    await exited;
    return { duration, ended };
  }
}
