/** The hive of a real App-V package: changed as an update would, patched, written, and read by hivex. */
import { expect } from 'chai';
import { fromBufferPromise } from 'yauzl';
import { bytesOf } from '../../../src/bytes.ts';
import { applyDelta } from '../../../src/registry/delta/apply-delta.ts';
import { decodeDelta } from '../../../src/registry/delta/decode-delta.ts';
import { countDelta, type RegistryDelta } from '../../../src/registry/delta/delta.ts';
import { diffHives } from '../../../src/registry/delta/diff.ts';
import { encodeDelta } from '../../../src/registry/delta/encode-delta.ts';
import { foldName, type RegistryKey, type RegistryValue } from '../../../src/registry/hive.ts';
import { countKeys, emptyKey, equalKeys, keyWith } from '../../../src/registry/key.ts';
import { openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { formatRegf } from '../../../src/registry/regf-write/format-regf.ts';
import { stringData, toUtf16 } from '../../../src/registry/utf16.ts';
import { contentsOf, contentsSeen, expectContents } from '../oracles/contents.ts';
import { needHivex, readWithHivex } from '../regf-write/hivex.ts';
import { expectWritten } from '../regf-write/written.ts';
import { dataFile } from '../wine/test-files.ts';

const appPaths = 'REGISTRY/MACHINE/Software/Microsoft/Windows/CurrentVersion/App Paths/notepad++.exe'.split(
  '/',
);
const software = appPaths.slice(0, 3);
/** REG_SZ and REG_MULTI_SZ with the flag that App-V's sequencer sets. */
const [appVText, appVList] = [0x440001, 0x440007];

async function registryDat(): Promise<Buffer | null> {
  const data = dataFile('msix/NotepadPlusPlus.appx');
  if (data === null) return null;
  const zip = await fromBufferPromise(data);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== 'Registry.dat') continue;
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }
  throw new Error('the package has no Registry.dat');
}

/** The hive with the key at a path replaced; null takes it away. */
function changed(
  key: RegistryKey,
  path: readonly string[],
  change: (key: RegistryKey) => RegistryKey | null,
): RegistryKey {
  const [name, ...rest] = path;
  if (name === undefined) throw new Error('the root is not replaced');
  const keys = new Map(key.keys);
  const child = keys.get(foldName(name)) ?? emptyKey(name);
  const next = rest.length === 0 ? change(child) : changed(child, rest, change);
  if (next === null) keys.delete(foldName(name));
  else keys.set(foldName(name), next);
  return keyWith(key, { keys });
}

function withValues(key: RegistryKey, values: readonly RegistryValue[]): RegistryKey {
  return keyWith(key, {
    values: new Map([...key.values, ...values.map((one) => [foldName(one.name), one] as const)]),
  });
}

/** The first subtree with some keys and values in it that is not on the way to what else is changed. */
function subtreeToRemove(key: RegistryKey, path: readonly string[] = []): readonly string[] | null {
  for (const child of key.keys.values()) {
    const below = [...path, child.name];
    const { keys, values } = countKeys(child);
    const onTheWay = below.every((name, depth) => name === appPaths[depth]);
    if (!onTheWay && keys >= 2 && keys <= 20 && values >= 2) return below;
    const found = subtreeToRemove(child, below);
    if (found !== null) return found;
  }
  return null;
}

describe('a real App-V Registry.dat', () => {
  let base = emptyKey();
  let target = emptyKey();
  let removed: readonly string[] = [];
  let delta: RegistryDelta = { records: [] };

  before(async function () {
    const bytes = await registryDat();
    if (bytes === null) return void this.skip();
    base = await (await openHive(bytesOf(bytes))).toKey();
    removed = subtreeToRemove(base) ?? [];
    expect(removed).not.to.be.empty;
    target = changed(base, appPaths, (key) =>
      withValues(key, [
        { name: '', type: appVText, data: stringData('[{ProgramFilesX64}]\\Notepad++\\notepad++.exe') },
        { name: 'Languages', type: appVList, data: toUtf16('de-AT\0de-DE\0日本語\0\0') },
      ]),
    );
    target = changed(target, [...software, 'Notepad++', 'Plugins'], (key) =>
      withValues(key, [
        { name: 'Folders', type: 7, data: toUtf16('[{AppVPackageRoot}]\\plugins\0one\0\0') },
        { name: 'Empty', type: 7, data: toUtf16('\0') },
        { name: 'Cache', type: 3, data: new Uint8Array(20_000).map((_, at) => at * at) },
      ]),
    );
    target = changed(target, removed, () => null);
    delta = decodeDelta(encodeDelta(diffHives(base, target)));
  });

  it('is read as hivex reads it', async function () {
    needHivex.call(this);
    const [seen] = readWithHivex([(await registryDat()) ?? Buffer.of()]);
    expectContents(contentsOf(base), contentsSeen(seen), 'Registry.dat');
  });

  it('differs in what was changed, with one record for the subtree that went', () => {
    const gone = delta.records.filter(({ op }) => op === 'remove-key');
    expect(gone.map(({ path }) => path)).to.deep.equal([removed]);
    const of = (op: string): string[] =>
      delta.records.flatMap((record) => (record.op === op && 'name' in record ? [record.name] : []));
    expect(of('change-value')).to.deep.equal(['']);
    expect(of('add-value').sort()).to.deep.equal(['Cache', 'Empty', 'Folders', 'Languages']);
    expect(countDelta(delta).values.added).to.equal(4);
  });

  it('is patched: the delta applied to it gives the other one, and leaves it as it was', () => {
    const before = contentsOf(base);
    expect(equalKeys(applyDelta(base, delta), target)).to.equal(true);
    expect(contentsOf(base)).to.deep.equal(before);
    expect(equalKeys(base, target)).to.equal(false);
  });

  it('is written back so that hivex and we read the model', async function () {
    needHivex.call(this);
    const patched = applyDelta(base, delta);
    const bytes = formatRegf(patched);
    // Times, classes and security too.
    expectWritten(await (await openHive(bytesOf(bytes))).toKey(), patched);
    const [seen] = readWithHivex([bytes]);
    expectContents(contentsSeen(seen), contentsOf(target), 'the patched hive');
  });
});
