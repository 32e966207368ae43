/** Every collected hive: the good ones equal hivex, the dirty ones equal Windows, the bad ones have their own error. */
import { expect } from 'chai';
import { bytesOf } from '../../../src/bytes.ts';
import { isPatchError, type PatchError } from '../../../src/errors.ts';
import { type OpenHiveOptions, openHive, type RegfHive } from '../../../src/registry/regf-read/open-hive.ts';
import { needsHivex, readWithHivex } from './hivex.ts';
import { dumpLazily, dumpModel, logsOf, sortDump, type TestHive, testHives } from './test-hives.ts';

/** Hives that must be refused, and how. */
const bad: Readonly<Record<string, RegExp>> = {
  'yarp/BadListHive': /offset 0x12d0: a subkeys list is in a cell that something else uses already/,
  'yarp/BadSubkeyHive': /offset 0x1484: a key below the one at 0x12e8 says that it is below 0x1380/,
  'yarp/DuplicateSubkeysHive': /offset 0x6bde4: two keys have the name "4500"/,
  'yarp/EffectiveSizeHive': /offset 0x1fc: the checksum of the base block is wrong/,
  'yarp/GarbageHive': /offset 0x1fc: the checksum of the base block is wrong/,
  'yarp/TruncatedHive':
    /offset 0x3000: the file is truncated: it says 487424 bytes of hive bins and has 8192/,
  'yarp/TruncatedNameHive': /offset 0x11fc: a key's name of 22 bytes is longer than its cell allows/,
  'yarp/BadLogHive1/BadLogHive': /none of its 2 log files can complete it: log 1 has a wrong checksum/,
};

/** Dirty hives, and what Windows made of them with the same logs. */
const dirty: Readonly<Record<string, string>> = {
  'yarp/NewDirtyHive1/NewDirtyHive': 'yarp/NewDirtyHive1/RecoveredHive_Windows10',
  'yarp/OldDirtyHive/OldDirtyHive': 'yarp/OldDirtyHive/RecoveredHive_Windows7',
};

async function open(hive: TestHive, options: OpenHiveOptions = {}): Promise<RegfHive> {
  return openHive(bytesOf(hive.bytes), options);
}

async function refusalOf(hive: TestHive, options: OpenHiveOptions = {}): Promise<PatchError> {
  try {
    await (await open(hive, options)).toKey();
  } catch (error) {
    if (isPatchError(error)) return error;
    throw error;
  }
  throw new Error(`${hive.name} was not refused`);
}

describe('regf hives, conformance', function () {
  this.timeout(120_000);
  let all: readonly TestHive[] = [];
  const parts = {
    good: [] as TestHive[],
    bad: [] as TestHive[],
    dirty: [] as TestHive[],
    logs: 0,
    structures: [] as TestHive[],
  };

  before(function () {
    const found = testHives();
    if (found === null) return void this.skip();
    all = found;
    for (const hive of all) {
      if (/\.LOG\d?$/.test(hive.name)) parts.logs++;
      else if (hive.name.startsWith('libregf/')) parts.structures.push(hive);
      else if (hive.name in bad) parts.bad.push(hive);
      else if (hive.name in dirty) parts.dirty.push(hive);
      else parts.good.push(hive);
    }
  });

  it('reads every good hive as hivex does: names, types, data, times', async function () {
    needsHivex(this);
    const expected = readWithHivex(parts.good.map((hive) => hive.bytes));
    for (const [index, hive] of parts.good.entries()) {
      const opened = await open(hive);
      expect(dumpModel(await opened.toKey()), hive.name).to.deep.equal(sortDump(expected[index]!));
      expect(opened.losses, hive.name).to.deep.equal([]);
    }
  });

  it('reads every good hive the same by random access', async () => {
    for (const hive of parts.good) {
      const opened = await open(hive);
      expect(await dumpLazily(opened.root, ''), hive.name).to.deep.equal(dumpModel(await opened.toKey()));
    }
  });

  it('recovers every dirty hive as Windows did', async () => {
    for (const hive of parts.dirty) {
      const windows = all.find(({ name }) => name === dirty[hive.name])!;
      const recovered = await open(hive, { logs: logsOf(all, hive) });
      expect(recovered.recovered).to.equal(true);
      const [ours, theirs] = [await recovered.toKey(), await (await open(windows)).toKey()];
      expect(ours, hive.name).to.deep.equal(theirs);
    }
  });

  it('refuses every dirty hive without its logs, but reads it leniently', async () => {
    for (const hive of parts.dirty) {
      const error = await refusalOf(hive);
      expect(error.code).to.equal('E_FORMAT');
      expect(error.message).to.match(/offset 0x4: it is dirty/);
      expect(error.help).to.match(/give the log files/);
      const lenient = await open(hive, { lenient: true });
      await lenient.toKey();
      expect(lenient.losses.join()).to.match(/it is dirty/);
    }
  });

  it('refuses every bad hive with its own error, but reads it leniently', async () => {
    for (const hive of parts.bad) {
      const logs = logsOf(all, hive);
      const error = await refusalOf(hive, { logs });
      expect(error.code, hive.name).to.equal('E_FORMAT');
      expect(error.message, hive.name).to.match(bad[hive.name]!);
      const lenient = await open(hive, { logs, lenient: true });
      await lenient.toKey();
      expect(lenient.losses, hive.name).not.to.deep.equal([]);
    }
  });

  it('refuses single structures, which are no hives', async () => {
    for (const hive of parts.structures) expect((await refusalOf(hive)).code, hive.name).to.equal('E_FORMAT');
  });

  it('reads the layers of a differencing hive as what they mean', async function () {
    const layer = parts.good.find(({ name }) => name === 'yarp/System_Delta');
    if (layer === undefined) return void this.skip();
    const hive = await open(layer);
    expect(hive.layered).to.equal(true);
    const services = (await hive.toKey()).keys.get('CONTROLSET001')!.keys.get('SERVICES')!.keys;
    expect(services.get('XBOXGIP')!.kind).to.equal('delete-entry');
    expect(services.get('XBOXGIPSVC')!.kind).to.equal('opaque');
    expect(services.get('XBOXGIPSVC')!.keys.get('A_SUBKEY')!.kind).to.equal('key');
    expect(services.get('XBOXNETAPISVC')!.kind).to.equal('key');
    expect(services.get('XBOXNETAPISVC')!.values.get('DISPLAYNAME')!.type).to.equal('delete-entry');
    const lazy = await hive.key('controlset001\\services\\xboxgip');
    expect(lazy?.kind).to.equal('delete-entry');
  });

  after(() => {
    if (all.length === 0) return;
    const { good, logs, structures } = parts;
    process.stdout.write(
      `\n      hives: ${good.length} good, ${parts.dirty.length} recovered, ${parts.bad.length} bad, ${logs} logs, ` +
        `${structures.length} single structures, ${all.length} files\n`,
    );
    expect(good.length + parts.dirty.length + parts.bad.length + logs + structures.length).to.equal(
      all.length,
    );
    expect(good.length).to.be.at.least(20);
    expect(parts.dirty.length).to.equal(Object.keys(dirty).length);
    expect(parts.bad.length).to.equal(Object.keys(bad).length);
  });
});
