import { expect } from 'chai';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import Vinyl from 'vinyl';
import { PatchError } from '../../src/errors.ts';
import type { Progress } from '../../src/stream/progress.ts';
import { run } from '../../src/stream/run.ts';
import { type Stage, type StageBody, after, before, source, stage } from '../../src/stream/stage.ts';
import { refusal } from '../fixtures/patching.ts';

const numbered = (n: number): Vinyl => new Vinyl({ base: '/', path: `/${n}`, contents: null });
const first = (count: number): Stage =>
  source('first', async function* () {
    for (let n = 0; n < count; n++) yield numbered(n);
  });
const pass: StageBody = async function* (files) {
  for await (const file of files) yield file;
};
const passing = (name = 'pass'): Stage => stage(name, pass);

/** Fails a test that hangs sooner, and with a better reason, than mocha would. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = sleep(ms, undefined, { ref: false }).then(() => {
    throw new Error(`nothing happened within ${ms} ms`);
  });
  return Promise.race([work, late]);
}

async function relativesOf(chain: readonly Stage[]): Promise<string[]> {
  const names: string[] = [];
  await run(chain, { onFile: (file) => void names.push(file.relative) });
  return names;
}

describe('stages', () => {
  const count = 50;

  it('keep the order of files', async () => {
    const names = await relativesOf([first(count), passing(), passing(), passing()]);
    expect(names).to.deep.equal(Array.from({ length: count }, (_, n) => String(n)));
  });

  for (const failing of [0, 1, 2, 3, 4, 5]) {
    for (const at of [0, 3, count - 1]) {
      it(`an error in stage ${failing} of six, at file ${at}, ends the run at once and has the stage's name`, async () => {
        let cleaned = 0;
        const chain = Array.from({ length: 6 }, (_, n) => {
          const body: StageBody = async function* (files) {
            try {
              let seen = 0;
              for await (const file of n === 0 ? numbers() : files) {
                if (n === failing && seen++ === at) throw new Error('broken');
                yield file;
              }
            } finally {
              cleaned++;
            }
          };
          const one = stage(`s${n}`, body);
          if (n === 0) one.end();
          return one;
        });
        const error = await refusal(() => within(1000, run(chain)), 'E_STAGE');
        expect(error.stage).to.equal(`s${failing}`);
        expect(error.message).to.equal('broken');
        expect(cleaned).to.equal(6);
      });
    }
  }

  async function* numbers(): AsyncGenerator<Vinyl> {
    for (let n = 0; n < count; n++) yield numbered(n);
  }

  it('keep the code of a PatchError, and the name of the first stage that saw it', async () => {
    const failing = stage('failing', async function* () {
      throw new PatchError('E_LIMIT', 'too much');
      yield numbered(0);
    });
    const error = await refusal(() => run([first(3), failing, passing()]), 'E_LIMIT');
    expect(error.stage).to.equal('failing');
  });

  it('an abort reaches a body that waits, and its finally runs', async () => {
    for (const waiting of [0, 1, 2]) {
      const controller = new AbortController();
      const ended: number[] = [];
      const chain = [0, 1, 2].map((n) => {
        const one = stage(`s${n}`, async function* (files, { signal }) {
          try {
            if (n === 0) yield numbered(0);
            for await (const file of files) {
              if (n === waiting) await sleep(60_000, undefined, { signal, ref: false });
              yield file;
            }
            if (n === 0 && n === waiting) await sleep(60_000, undefined, { signal, ref: false });
          } finally {
            ended.push(n);
          }
        });
        if (n === 0) one.end();
        return one;
      });
      const running = refusal(() => within(2000, run(chain, { signal: controller.signal })), 'E_CANCELLED');
      await sleep(30);
      const aborted = performance.now();
      controller.abort();
      await running;
      expect(performance.now() - aborted, `waiting in ${waiting}`).to.be.below(200);
      expect(ended.sort()).to.deep.equal([0, 1, 2]);
    }
  });

  it('an abort reaches a body that waits for files that never come', async () => {
    const controller = new AbortController();
    let cleaned = false;
    const never = new Readable({ objectMode: true, read: () => undefined });
    const waiting = stage('waiting', async function* (files) {
      try {
        for await (const file of files) yield file;
      } finally {
        cleaned = true;
      }
    });
    const running = pipeline([never, waiting, discarding()], { signal: controller.signal });
    const result = running.then(
      () => 'ended',
      () => 'failed',
    );
    await sleep(20);
    controller.abort();
    expect(await within(200, result)).to.equal('failed');
    await within(200, waiting.settled);
    expect(cleaned).to.equal(true);
  });

  it('a body that ends before its input does is an error', async () => {
    const lazy = stage('lazy', async function* (files) {
      for await (const file of files) {
        yield file;
        return;
      }
    });
    const error = await refusal(() => within(1000, run([first(count), lazy, passing()])), 'E_STAGE');
    expect(error.stage).to.equal('lazy');
  });

  it('a body that yields nothing is fine', async () => {
    const none = stage('none', async function* (files) {
      for await (const file of files) expect(file).to.be.instanceOf(Vinyl);
      yield* [];
    });
    expect(await relativesOf([first(count), none, passing()])).to.deep.equal([]);
  });

  it('a body may yield before, between and after its input', async () => {
    const adding = stage('adding', async function* (files) {
      yield numbered(100);
      for await (const file of files) {
        yield file;
        yield numbered(200);
      }
      yield numbered(300);
    });
    expect(await relativesOf([first(2), adding])).to.deep.equal(['100', '0', '200', '1', '200', '300']);
  });

  it('a slow consumer slows the source down: few files are in flight', async () => {
    let [made, taken, most] = [0, 0, 0];
    const counting = source('counting', async function* () {
      for (let n = 0; n < 300; n++) {
        most = Math.max(most, ++made - taken);
        yield numbered(n);
      }
    });
    await run([counting, passing(), passing()], {
      onFile: async () => {
        taken++;
        if (taken % 10 === 0) await sleep(1);
      },
    });
    expect(taken).to.equal(300);
    expect(most).to.be.below(60);
  });

  it('a consumer that goes away ends all bodies', async () => {
    let cleaned = 0;
    const counting = (): Stage =>
      stage('counting', async function* (files) {
        try {
          for await (const file of files) yield file;
        } finally {
          cleaned++;
        }
      });
    const chain = [first(100_000), counting(), counting()];
    let seen = 0;
    const sink = new Writable({
      objectMode: true,
      write(_file, _encoding, done) {
        if (++seen === 5) this.destroy();
        else done();
      },
    });
    const failed = await within(1000, pipeline([...chain, sink]).then(() => false, () => true)); // prettier-ignore
    expect(failed).to.equal(true);
    await within(1000, Promise.all(chain.map((one) => one.settled)));
    expect(cleaned).to.equal(2);
  });

  it('an error of the consumer is the error of the run', async () => {
    for (const onFile of [
      () => {
        throw new PatchError('E_SPACE', 'full');
      },
      async () => Promise.reject(new PatchError('E_SPACE', 'full')),
    ])
      // prettier-ignore
      await refusal(() => within(1000, run([first(100), passing()], { onFile })), 'E_SPACE');
  });

  it('one that is never used does nothing', async () => {
    let started = false;
    const idle = stage('idle', async function* (files) {
      started = true;
      yield* files;
    });
    await sleep(20);
    expect(started).to.equal(false);
    expect(idle.stage).to.equal('idle');
  });

  it('tell their progress and notices under their names', async () => {
    const telling = stage('telling', async function* (files, { report, notice }) {
      notice({ code: 'unsigned', message: 'nobody' });
      let done = 0;
      for await (const file of files) {
        report({ done: ++done, total: 2, unit: 'entries', label: file.relative });
        yield file;
      }
    });
    const progress: Progress[] = [];
    const notices: string[] = [];
    const onNotice = ({ stage: name, code }: { stage: string; code: string }): void =>
      void notices.push(`${name} ${code}`);
    await run([first(2), telling], { onProgress: (one) => void progress.push(one), onNotice });
    expect(notices).to.deep.equal(['telling unsigned']);
    expect(progress).to.deep.equal([
      { stage: 'telling', done: 1, total: 2, unit: 'entries', label: '0' },
      { stage: 'telling', done: 2, total: 2, unit: 'entries', label: '1' },
    ]);
  });

  it('carry 100,000 files through six of them in bounded memory', async () => {
    const files = 100_000;
    let seen = 0;
    let most = 0;
    const start = process.memoryUsage().heapUsed;
    await run([first(files), passing(), passing(), passing(), passing(), passing()], {
      onFile: () => {
        if (++seen % 5000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - start);
      },
    });
    expect(seen).to.equal(files);
    expect(most / 2 ** 20, 'MiB').to.be.below(100);
  });
});

describe('before and after', () => {
  const chain = (): Stage[] => [first(1), passing('seal'), passing('sign'), passing('sign'), passing('pack')];
  const namesOf = (stages: readonly Stage[]): string => stages.map((one) => one.stage).join(' ');

  it('insert at the (last) stage of a name, and leave the chain as it was', () => {
    const given = chain();
    expect(namesOf(before('seal', given, passing('x'), passing('y')))).to.equal(
      'first x y seal sign sign pack',
    );
    expect(namesOf(after('sign', given, passing('x')))).to.equal('first seal sign sign x pack');
    expect(namesOf(given)).to.equal('first seal sign sign pack');
  });

  it('list the names where there is none of that name', async () => {
    for (const insert of [before, after]) {
      const error = await refusal(() => insert('sing', chain(), passing()), 'E_STAGE');
      expect(error.message).to.contain("'sing'");
      expect(error.help).to.equal('its stages are: first, seal, sign, sign, pack');
    }
  });
});

function discarding(): Writable {
  return new Writable({ objectMode: true, write: (_file, _encoding, done) => done() });
}
