/**
 * Law 4 when the power goes away, on a real file system: ext4 on a loop device is shut down in the middle of a run, without its
 * journal being written (the ioctl that its own tests use), and mounted again. What was not flushed by then is lost.
 * `VPA_SHUTDOWNS` says how many moments of each operation are tried.
 */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPatchError } from '../../src/errors.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { discard, listing, readTree, scratch, writeTree } from '../fixtures/tree.ts';
import { makeGroups } from './cases.ts';
import { endOf } from './operation.ts';

const shutdowns = Number(process.env['VPA_SHUTDOWNS'] ?? '6');
const groups = await makeGroups();

/** EXT4_IOC_SHUTDOWN, with EXT4_GOING_FLAGS_NOLOGFLUSH. */
const shutDown =
  'my $how = pack("L", 2); open(my $f, "<", $ARGV[0]) or die $!; ioctl($f, 0x8004587d, $how) or die $!;';

function does(program: string, ...given: readonly string[]): boolean {
  return spawnSync(program, given, { stdio: 'ignore' }).status === 0;
}

describe('faults: the power goes away, on ext4', function () {
  this.timeout(0);
  const root = scratch();
  const [image, fresh, disk] = [join(root, 'image'), join(root, 'fresh'), join(root, 'disk')];
  // The kernel's own writing back in the background would save what we did not flush.
  const mount = (): boolean => does('mount', '-o', 'loop,noatime,commit=600,noauto_da_alloc', image, disk);
  // A flush that was on its way when a call failed may have its file open for a moment.
  const unmount = async (): Promise<boolean> => {
    for (let attempt = 0; attempt < 40; attempt++) {
      if (does('umount', disk)) return true;
      await sleep(25);
    }
    return false;
  };

  before(async function () {
    mkdirSync(disk);
    const file = openSync(fresh, 'w');
    ftruncateSync(file, 24 << 20);
    closeSync(file);
    const made =
      process.platform === 'linux' && process.getuid?.() === 0 && does('mkfs.ext4', '-q', '-F', fresh);
    if (made) copyFileSync(fresh, image);
    const works = made && mount() && does('perl', '-e', shutDown, disk);
    if (made) await unmount();
    if (works) return;
    process.stderr.write('      skipped: no ext4 can be made, mounted and shut down here\n');
    this.skip();
  });
  after(() => {
    does('umount', disk);
    rmdirSync(disk);
    discard(root);
  });

  it('loses what was not flushed, and keeps what was', async () => {
    copyFileSync(fresh, image);
    expect(mount()).to.equal(true);
    writeFileSync(join(disk, 'lost'), 'lost');
    const file = openSync(join(disk, 'kept'), 'w');
    writeFileSync(file, 'kept');
    fsyncSync(file);
    closeSync(file);
    writeFileSync(join(disk, 'kept'), 'lost again');
    renameSync(join(disk, 'kept'), join(disk, 'renamed'));
    expect(does('perl', '-e', shutDown, disk) && (await unmount()) && mount()).to.equal(true);
    expect(listing(readTree(disk, ['lost+found', 'lost']))).to.deep.equal(['"kept" file 644 "kept"']);
    await unmount();
  });

  let [lost, count] = [0, 0];
  for (const group of groups) {
    for (const operation of group.operations) {
      it(`${group.title}: ${operation.title}`, async () => {
        const ends = await operation.ends();
        const state = (): string[] => listing(readTree(disk, ['lost+found']));
        const begin = (): void => {
          copyFileSync(fresh, image);
          if (!mount()) throw new Error('it cannot be mounted');
          writeTree(disk, ends.start);
          spawnSync('sync', ['-f', disk]);
        };
        begin();
        let calls = 0;
        await watchingCalls(
          () => {
            calls++;
          },
          () => operation.run(disk),
        );
        expect(state()).to.deep.equal(ends.after);
        await unmount();
        const reached = { before: 0, after: 0 };
        const step = Math.max(1, calls / shutdowns);
        // The very end, too: nothing is flushed when a run has said that it is done, but all that matters was.
        for (let at = step / 2; at < calls + step; at += step) {
          const moment = Math.min(Math.floor(at), calls);
          begin();
          let n = 0;
          const off = (): boolean => does('perl', '-e', shutDown, disk);
          let error: unknown = null;
          try {
            await watchingCalls(
              () => {
                if (n++ === moment && !off()) throw new Error('it cannot be shut down');
              },
              () => operation.run(disk),
            );
          } catch (thrown) {
            error = thrown;
          }
          if (n <= moment) off();
          const what = `shut down before call ${moment} of ${calls}: ${isPatchError(error) ? error.message : ''}`;
          if (!(await unmount()) || !mount()) throw new Error(`${what}: it cannot be mounted again`);
          const found = state().join('\n');
          await operation.recover(disk);
          const now = state();
          reached[endOf(ends, what, disk, now)]++;
          if (found !== now.join('\n')) lost++;
          count++;
          await unmount();
        }
        expect(reached.before).to.be.above(0);
        expect(reached.after).to.be.above(0);
      });
    }
  }

  it('and there was something to bring to its end, in many of these', () => {
    if (shutdowns > 6) process.stdout.write(`      ext4: ${count} shutdowns, ${lost} to be recovered\n`);
    expect(lost).to.be.above(count / 4);
  });
});
