/** A real application, patched in folders or in a store by processes that are killed at random moments. */
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { release, sevenZip } from '../../examples/applications.ts';
import { type Job, carryOut, done, jobProcess } from '../fixtures/job.ts';
import { makePatch } from '../fixtures/patching.ts';
import { discard, readTree, scratch } from '../fixtures/tree.ts';
import { type Operation, endOf, endsOf, runAgain, started } from './operation.ts';

export interface Killed {
  /** Runs that were killed before they had come to their end. */
  readonly killed: number;
  /** Recoveries that were killed too. */
  readonly recoveries: number;
  /** Runs that had left something to be brought to its end, and where all of them ended. */
  readonly unfinished: number;
  readonly before: number;
  readonly after: number;
}

export interface Version {
  readonly path: string;
  readonly registry?: readonly string[];
}

export interface KillOptions {
  readonly tell?: (line: string) => void;
  /** Two or more of an application, the oldest first; the patches between more than two are applied as one, too. 7-Zip with its registry if left out. */
  readonly versions?: readonly Version[];
  /** Whether they are layers of a store. */
  readonly inStore?: boolean;
}

/** What a process is killed at. */
interface Way extends Operation {
  readonly job: (root: string) => Job;
  readonly recoveries: (root: string) => readonly Job[];
  /** Where records are while it runs. */
  readonly works: readonly string[];
}

/** Throws at the first run that is at neither end. */
export async function killing(
  times: number,
  { tell = () => undefined, versions, inStore = false }: KillOptions = {},
): Promise<Killed> {
  const place = scratch();
  try {
    const all = versions ?? ['5.1.1', '5.2.0'].map((version) => release(sevenZip, version));
    const patches = await patchesBetween(place, all);
    const ways = inStore ? waysInStore(all, patches) : waysInFolders(all, patches);
    const counts = { killed: 0, recoveries: 0, unfinished: 0, before: 0, after: 0 };
    const durations = new Map<Way, number>();
    for (let n = 0; n < times; n++) {
      await killOne(ways[n % ways.length]!, n, durations, counts);
      if ((n + 1) % 20 === 0) tell(`${n + 1} of ${times}: ${JSON.stringify(counts)}`);
    }
    return counts;
  } finally {
    discard(place);
  }
}

interface Patches {
  /** From the first version to the last. */
  readonly whole: string;
  readonly steps: readonly string[];
}

async function patchesBetween(place: string, versions: readonly Version[]): Promise<Patches> {
  const made = async (name: string, base: Version, target: Version): Promise<string> => {
    const path = join(place, name);
    writeFileSync(path, await makePatch({ base, target, codecs: [] }));
    return path;
  };
  const steps: string[] = [];
  for (const [at, target] of versions.slice(1).entries())
    steps.push(await made(`${at}.vpa`, versions[at]!, target));
  const whole = steps.length === 1 ? steps[0]! : await made('whole.vpa', versions[0]!, versions.at(-1)!);
  return { whole, steps };
}

function waysInFolders([base]: readonly Version[], { whole, steps }: Patches): Way[] {
  const sides = base?.registry?.length ? ['app.reg'] : [];
  const begin = async (root: string): Promise<void> => {
    cpSync(base!.path, join(root, 'app'), { recursive: true });
    for (const side of sides) cpSync(base!.registry![0]!, join(root, side));
  };
  const apply =
    (patches: readonly string[], options: (root: string) => object = () => ({})): Way['job'] =>
    (root) => ({
      do: 'apply',
      patches,
      at: { to: join(root, 'app'), registry: sides.map((side) => join(root, side)), ...options(root) },
    });
  const recoveries = (root: string): Job[] =>
    ['app', 'out'].map((name): Job => ({ do: 'recover', at: { to: join(root, name) } }));
  const way = wayWith(recoveries, [join('app', '.vpa-work'), '.out.vpa-work']);
  const keep = apply([whole], () => ({ backup: 'keep' }));
  return [
    way('in place', begin, apply([whole])),
    way('with a backup', begin, keep),
    way(
      'to a new folder',
      begin,
      apply([whole], (root) => ({ out: join(root, 'out') })),
      ['E_CONFLICT'],
    ),
    way(
      'undo',
      async (root) => {
        await begin(root);
        await carryOut(keep(root));
      },
      (root) => ({ do: 'undo', at: { to: join(root, 'app') } }),
      ['E_INPUT'],
    ),
    ...(steps.length > 1 ? [way('several as one', begin, apply(steps))] : []),
  ];
}

function waysInStore([base]: readonly Version[], { whole }: Patches): Way[] {
  const at = (root: string): { store: string } => ({ store: join(root, 'store') });
  const bring: Way['job'] = (root) => {
    return { do: 'import', at: at(root), from: base!.path, registry: base!.registry ?? [] };
  };
  const apply =
    (mode: 'in-place' | 'new'): Way['job'] =>
    (root) => ({ do: 'apply', patches: [whole], at: { ...at(root), layer: 1, keep: 9, mode } });
  const way = wayWith((root) => [{ do: 'recover', at: at(root) }], [join('store', '.vpa-work')]);
  const after =
    (...jobs: Way['job'][]) =>
    async (root: string): Promise<void> => {
      for (const job of jobs) await carryOut(job(root));
    };
  const applied = after(bring, apply('in-place'));
  return [
    way('in a store', after(bring), apply('in-place')),
    way('as a new layer', after(bring), apply('new'), 'more'),
    way('undo in a store', applied, (root) => ({ do: 'undo', at: at(root) }), ['E_INPUT']),
    way('removal of generations', applied, (root) => ({ do: 'collect', at: at(root) })),
    way('bringing a layer in', after(bring), bring, 'more'),
  ];
}

function wayWith(recoveries: Way['recoveries'], works: readonly string[]) {
  return (
    title: string,
    begin: (root: string) => Promise<void>,
    job: Way['job'],
    again: Way['again'] = [],
  ): Way => {
    const run = async (root: string): Promise<unknown> => carryOut(job(root));
    const start = async (): ReturnType<Parameters<typeof endsOf>[0]> => {
      const root = scratch();
      try {
        await begin(root);
        return readTree(root);
      } finally {
        discard(root);
      }
    };
    const recover = async (root: string): Promise<void> => {
      for (const one of recoveries(root)) await carryOut(one);
    };
    return { title, job, run, again, recover, recoveries, works, ends: endsOf(start, run) };
  };
}

type Counts = { -readonly [Key in keyof Killed]: Killed[Key] };

async function killOne(way: Way, n: number, durations: Map<Way, number>, counts: Counts): Promise<void> {
  const ends = await way.ends();
  await started(ends.start, async (root) => {
    const works = way.works.map((work) => join(root, work));
    const known = durations.get(way);
    const share = Math.random();
    // The commit is short, so that half of the kills are aimed at it.
    const delay = known === undefined ? Infinity : n % 8 < 4 ? known * share : 'commit';
    const { duration, ended } = await killed([way.job(root)], delay, works);
    if (known === undefined) durations.set(way, duration);
    if (!ended) counts.killed++;
    if (!ended && n % 3 === 0) {
      const recovery = await killed(way.recoveries(root), Math.random() * 30, works);
      if (!recovery.ended) counts.recoveries++;
    }
    if (works.some((work) => existsSync(work))) counts.unfinished++;
    await way.recover(root);
    const what = `kill ${n} (${way.title}, ${Math.round(share * 100)} %)`;
    counts[endOf(ends, what, root)]++;
    await runAgain(way, root, `${what}, done again`);
  });
}

/** How long the process was at work, and whether it came to its end before it was killed. */
async function killed(
  jobs: readonly Job[],
  delay: number | 'commit',
  works: readonly string[],
): Promise<{ duration: number; ended: boolean }> {
  const one = await jobProcess();
  const begun = performance.now();
  const exited = once(one, 'exit');
  let ended = false;
  let duration = 0;
  const all = (async (): Promise<void> => {
    for (const job of jobs) {
      const said = await done(one, job);
      if (said !== 'done') throw new Error(`${job.do}: ${said}`);
    }
    ended = true;
  })();
  const moment =
    delay === 'commit' ? committing(all, works) : sleep(Math.min(delay, 600_000), undefined, { ref: false });
  try {
    await Promise.race([moment, all]);
    duration = performance.now() - begun;
  } finally {
    all.catch(() => undefined);
    one.kill('SIGKILL');
    await exited;
  }
  return { duration, ended };
}

/** Shortly after the record has got its name. */
async function committing(end: Promise<unknown>, works: readonly string[]): Promise<void> {
  let over = false;
  const stop = (): void => {
    over = true;
  };
  void end.then(stop, stop);
  const names = ['take.json', 'put.json', 'unput.json', 'untake.json'];
  const records = works.flatMap((work) => names.map((name) => join(work, name)));
  while (!(over as boolean) && !records.some((path) => existsSync(path))) await new Promise(setImmediate);
  await sleep(Math.random() * 12);
}
