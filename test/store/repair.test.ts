/** Bringing an installed folder back to the state of a source, whatever has become of it. */
import { expect } from 'chai';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { needsPosix } from '../contract/needs.ts';
import { withoutRights } from '../fixtures/without-rights.ts';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { differenceText } from '../../src/store/drift.ts';
import { statusOf } from '../../src/store/status.ts';
import { undoDirectory } from '../../src/store/undo.ts';
import {
  type LayerData,
  differentHives,
  layerId,
  layerListing,
  readLayer,
  registryPath,
  writeLayer,
} from '../fixtures/layers.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal, runs } from '../fixtures/patching.ts';
import { deleteEntries, noise, registryPairs, treePairs } from '../fixtures/random-layer.ts';
import { repairFolder } from '../fixtures/repairing.ts';
import {
  type Node,
  type Tree,
  file,
  folder,
  footprint,
  link,
  listing,
  parentsOf,
  readTree,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

/** What a folder is to be: the source, and what is not in the way of it. Null where something is. */
function repaired(damaged: Tree, source: Tree): Tree | null {
  const extras = [...damaged].filter(([path]) => !source.has(path));
  const inTheWay = extras.some(([path]) =>
    parentsOf(path).some((up) => (source.get(up)?.type ?? 'directory') !== 'directory'),
  );
  return inTheWay ? null : new Map([...source, ...extras]);
}

const without = ['.vpa'];

const reg = (value: string): string =>
  `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\A]\r\n"v"="${value}"\r\n\r\n`;

describe('repair', () => {
  // What one version is to another is what a folder is to its source after any damage.
  it('gives the source and what was extra, of any tree after any damage; undo gives the damage back', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base: source, target: damaged }) =>
        withScratch(async (root) => {
          const place = join(root, 'app');
          writeTree(place, damaged);
          const before = listing(readTree(root));
          const options = { to: place, from: memoryLayer(source), force: true };
          const wanted = repaired(damaged, source);
          if (wanted === null) {
            const untouched = footprint(root);
            const error = await refusal(() => repairFolder(options), 'E_CONFLICT');
            expect(error.help).to.contain('--remove-extra');
            expect(footprint(root)).to.deep.equal(untouched);
            return;
          }
          const { changes } = await repairFolder(options);
          expect(listing(readTree(place, without))).to.deep.equal(listing(wanted));
          const now = footprint(root);
          expect((await repairFolder(options)).changes).to.deep.equal([]);
          expect(footprint(root)).to.deep.equal(now);
          expect(existsSync(join(place, '.vpa'))).to.equal(changes.length > 0);
          if (changes.length === 0) return;
          await undoDirectory(place);
          expect(listing(readTree(root))).to.deep.equal(before);
        }),
      ),
      runs(80),
    ));

  it('gives the source alone where extra entries are to go', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base: source, target: damaged }) =>
        withScratch(async (root) => {
          writeTree(root, damaged);
          const options = { to: root, from: memoryLayer(source), force: true, removeExtra: true };
          await repairFolder({ ...options, backup: 'none' });
          expect(listing(readTree(root))).to.deep.equal(listing(source));
        }),
      ),
      runs(40),
    ));

  it('restores a layer with its registry and delete entries, and never the writable sublayers', () =>
    fc.assert(
      fc.asyncProperty(treePairs, registryPairs, deleteEntries, (files, registry, deletes) =>
        withScratch(async (root) => {
          const [place, source] = [join(root, 'app'), join(root, 'source')];
          const good: LayerData = {
            ...{ version: '1', files: { AppData: files.base }, registry: registry.base },
            deleteEntries: deletes,
          };
          const bad: LayerData = {
            ...{ version: '1', files: { AppData: files.target }, registry: registry.target },
            deleteEntries: [],
          };
          writeLayer(place, bad);
          writeLayer(source, good);
          const options = { to: place, from: source, force: true };
          const wanted = repaired(files.target, files.base);
          const before = readTree(place);
          if (wanted === null) {
            await refusal(() => repairFolder(options), 'E_CONFLICT');
            expect(listing(readTree(place))).to.deep.equal(listing(before));
            return;
          }
          await repairFolder(options);
          const after = readLayer(place);
          const extraHives = [...registry.target].filter(([hive]) => !registry.base.has(hive));
          const hives = new Map([...registry.base, ...extraHives]);
          expect(differentHives(after.registry, hives)).to.deep.equal([]);
          const all = {
            ...good,
            files: wanted.size > 0 ? { AppData: wanted } : {},
            registry: after.registry,
          };
          expect(layerListing(after)).to.deep.equal(layerListing(all));
          expect(listing(readTree(join(place, 'writable')))).to.deep.equal(
            listing(readTree(join(source, 'writable'))),
          );
          if (!existsSync(join(place, '.vpa'))) return;
          await undoDirectory(place);
          expect(listing(readTree(place))).to.deep.equal(listing(before));
        }),
      ),
      runs(30),
    ));
});

/** What a person or an accident leaves in a folder, and what a repair makes of it. */
const source = treeOf({
  a: 'one',
  'd/x': 'x',
  'd/y': 'y',
  l: link('a'),
  tool: file('run', 0o755),
  'e/f': 'f',
});

async function around(use: (place: string, root: string) => Promise<void>): Promise<void> {
  await withScratch(async (root) => {
    const place = join(root, 'beside', 'app');
    writeTree(place, source);
    writeTree(join(root, 'beside', 'other'), treeOf({ canary: file('nobody touches me', 0o600) }));
    const canary = footprint(join(root, 'beside', 'other'));
    await use(place, root);
    expect(footprint(join(root, 'beside', 'other'))).to.deep.equal(canary);
  });
}

describe('repair: what is there', () => {
  const from = memoryLayer(source);

  it('writes nothing where nothing is wrong, not even a claim', () =>
    around(async (place, root) => {
      const before = footprint(root);
      const { changes, differences, extras } = await repairFolder({ to: place, from });
      expect([changes, differences, extras]).to.deep.equal([[], [], []]);
      expect(footprint(root)).to.deep.equal(before);
    }));

  it('does not write again what only has another mode', function () {
    needsPosix(this, 'there are no modes here');
    return around(async (place) => {
      const { ino } = statSync(join(place, 'a'));
      chmodSync(join(place, 'a'), 0o600);
      chmodSync(join(place, 'tool'), 0o644);
      const { differences } = await repairFolder({ to: place, from, backup: 'none' });
      expect(differences.map(({ name, what }) => `${name ?? ''} ${what ?? ''}`)).to.deep.equal([
        'AppRoot/a mode',
        'AppRoot/tool mode',
      ]);
      expect(listing(readTree(place))).to.deep.equal(listing(source));
      expect(statSync(join(place, 'a')).ino).to.equal(ino);
    });
  });

  it('mends what no patch could carry, and leaves alone what has no name in the source', function () {
    if (process.platform === 'win32') this.skip();
    return around(async (place, root) => {
      const odd: string[] = [];
      rmSync(join(place, 'a'));
      execFileSync('mkfifo', [join(place, 'a'), join(place, 'pipe')]);
      rmSync(join(place, 'd'), { recursive: true });
      symlinkSync(join(root, 'beside', 'other'), join(place, 'd'));
      rmSync(join(place, 'l'));
      symlinkSync('../../../../etc/passwd', join(place, 'l'));
      writeFileSync(join(place, 'e', 'con'), 'a device on Windows');
      writeFileSync(join(place, 'a:b'), 'a stream on Windows');
      const { differences, extras } = await repairFolder({
        ...{ to: place, from, backup: 'none' },
        onOdd: ({ path }) => void odd.push(relative(place, path)),
      });
      const lines = differences.map(differenceText);
      expect(lines.filter((line) => !line.includes('leads to'))).to.deep.equal([
        'AppRoot/a: is something else, not a file',
        'AppRoot/d: is a link, not a directory',
        'AppRoot/d/x: is missing',
        'AppRoot/d/y: is missing',
      ]);
      expect(lines).to.have.length(5);
      expect(extras.map(({ name }) => name)).to.deep.equal(['AppRoot/pipe']);
      expect([...new Set(odd)].sort()).to.deep.equal(['a', 'a:b', 'd', 'e/con', 'l', 'pipe']);
      expect(lstatSync(join(place, 'pipe')).isFIFO()).to.equal(true);
      rmSync(join(place, 'pipe'));
      const wanted = [
        ...source,
        ['a:b', file('a stream on Windows')],
        ['e/con', file('a device on Windows')],
      ];
      expect(listing(readTree(place))).to.deep.equal(listing(new Map(wanted as [string, Node][])));
    });
  });

  it('replaces a file that cannot be read', async function () {
    needsPosix(this, 'there are no permission bits here');
    await withScratch((root) => {
      const [place, good] = [join(root, 'app'), join(root, 'good')];
      for (const at of [place, good]) writeTree(at, source);
      chmodSync(join(place, 'a'), 0);
      chmodSync(root, 0o755);
      // Whoever may not read it has to be the owner, as a user is of an application of their own.
      if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534:65534', root]);
      const said = withoutRights(
        this,
        `
        import { repairFolder } from './test/fixtures/repairing.ts';
        import { differenceText } from './src/store/drift.ts';
        const [to, from] = ${JSON.stringify([place, good])};
        const { differences } = await repairFolder({ to, from, backup: 'none' });
        console.log(JSON.stringify(differences.map(differenceText)));
      `,
      );
      expect(JSON.parse(said)).to.deep.equal(['AppRoot/a: cannot be read']);
      expect(listing(readTree(place))).to.deep.equal(listing(source));
    });
  });

  it('replaces a registry file of a layer that is none any more, and the list of its hive alone', () =>
    withScratch(async (root) => {
      const [place, good] = [join(root, 'app'), join(root, 'good')];
      const machine = parseReg(Buffer.from(reg('1'))).get('machine')!;
      const data = {
        version: '1',
        files: { AppData: source },
        registry: new Map([['machine', machine]] as const),
      };
      for (const at of [place, good]) writeLayer(at, { ...data, deleteEntries: [] });
      const area = join(place, 'read-only', 'registry');
      writeFileSync(join(area, 'machine.reg'), 'garbage');
      writeFileSync(join(area, 'user.reg'), 'garbage, too');
      writeFileSync(join(area, 'system.reg'), 'of the same hive');
      await repairFolder({ to: place, from: good });
      expect(readdirSync(area).sort()).to.deep.equal(['machine.reg', 'user.reg']);
      expect(readFileSync(join(area, 'user.reg'), 'utf8')).to.equal('garbage, too');
      rmSync(join(area, 'user.reg'));
      expect(layerListing(readLayer(place))).to.deep.equal(layerListing(readLayer(good)));
      await undoDirectory(place);
      expect(readFileSync(join(area, 'machine.reg'), 'utf8')).to.equal('garbage');
      expect(readFileSync(join(area, 'system.reg'), 'utf8')).to.equal('of the same hive');
    }));

  it('takes no machine path and no volatile value for damage', () =>
    withScratch(async (root) => {
      const [place, good] = [join(root, 'app'), join(root, 'good')];
      for (const [at, path, run] of [
        [place, 'D:\\Notes', '7'],
        [good, 'C:\\Notes', '1'],
      ] as const) {
        const text = reg('1').replace(
          '"v"',
          `"path"="${path.replace('\\', '\\\\')}\\\\bin"\r\n"LastRun"="${run}"\r\n"v"`,
        );
        const registry = new Map([['machine', parseReg(Buffer.from(text)).get('machine')!]] as const);
        writeLayer(at, {
          version: '1',
          files: { AppData: source },
          registry,
          deleteEntries: [],
          variables: { Home: path },
        });
      }
      const options = { to: place, from: good, volatile: ['HKLM\\Software\\A::LastRun'] };
      const before = footprint(place);
      expect((await repairFolder(options)).changes).to.deep.equal([]);
      expect(footprint(place)).to.deep.equal(before);
      const path = registryPath(place, 'machine');
      writeFileSync(path, readFileSync(path, 'utf16le').replace('"v"="1"', '"v"="2"'), 'utf16le');
      expect((await repairFolder(options)).changes).to.have.length(1);
      const text = readFileSync(path, 'utf16le');
      expect(text)
        .to.contain('"v"="1"')
        .and.contain('"LastRun"="7"')
        .and.contain('"path"="D:\\\\Notes\\\\bin"');
    }));

  it('is refused from another application or version, unless it is wanted', () =>
    withScratch(async (root) => {
      const [place, good] = [join(root, 'app'), join(root, 'good')];
      const data = { files: { AppData: source }, registry: new Map(), deleteEntries: [] };
      writeLayer(place, { ...data, version: '1.1' });
      writeLayer(good, { ...data, version: '1.0', files: { AppData: treeOf({ a: 'other' }) } });
      const error = await refusal(() => repairFolder({ to: place, from: good }), 'E_BASE_MISMATCH');
      expect(error.message).to.contain('the version 1.0').and.contain('1.1');
      const description = readFileSync(join(good, 'layer.json'), 'utf8');
      writeFileSync(join(good, 'layer.json'), description.replace(layerId, 'another'));
      const other = await refusal(() => repairFolder({ to: place, from: good }), 'E_BASE_MISMATCH');
      expect(other.message).to.contain('another').and.contain(layerId);
      await refusal(() => repairFolder({ to: place, from: memoryLayer(source) }), 'E_BASE_MISMATCH');
      writeFileSync(join(good, 'layer.json'), description);
      await repairFolder({ to: place, from: good, force: true });
      expect(readLayer(place).version).to.equal('1.0');
    }));

  it('is refused where an edit comes between', () =>
    around(async (place, root) => {
      rmSync(join(place, 'a'));
      const confirm = (): void => writeFileSync(join(place, 'a'), 'a user writes');
      const error = await refusal(() => repairFolder({ to: place, from, confirm }), 'E_BUSY');
      expect(error.entry).to.equal(join(place, 'a'));
      expect(readFileSync(join(place, 'a'), 'utf8')).to.equal('a user writes');
      expect(readdirSync(join(root, 'beside')).sort()).to.deep.equal(['app', 'other']);
      expect(readdirSync(place)).not.to.include('.vpa-work');
    }));

  it('refuses a source that changes while it is read, and restores nothing of it', () =>
    around(async (place, root) => {
      const good = join(root, 'good');
      writeTree(good, source);
      writeFileSync(join(place, 'a'), 'damaged');
      writeFileSync(join(good, 'a'), noise(200_000, 1), 'latin1');
      const confirm = (): void => writeFileSync(join(good, 'a'), noise(200_000, 2), 'latin1');
      const before = listing(readTree(place));
      const error = await refusal(() => repairFolder({ to: place, from: good, confirm }), 'E_INPUT');
      expect(error.message).to.contain('changed in the source');
      expect(listing(readTree(place))).to.deep.equal(before);
    }));

  it('refuses what a hostile source has, before anything is touched', function () {
    if (process.platform === 'win32') this.skip();
    return around(async (place, root) => {
      const before = footprint(place);
      for (const [n, twist] of (
        [
          (at: string) => symlinkSync('../../beside/other', join(at, 'd', 'out')),
          (at: string) => symlinkSync('/etc/passwd', join(at, 'absolute')),
          (at: string) => writeFileSync(join(at, 'a:stream'), ''),
          (at: string) => writeFileSync(join(at, 'nul.txt'), ''),
          (at: string) => writeFileSync(join(at, 'dot.'), ''),
        ] as const
      ).entries()) {
        const at = join(root, `hostile-${n}`);
        writeTree(at, source);
        rmSync(join(place, 'a'), { force: true });
        writeTree(place, new Map([['a', source.get('a')!]]));
        twist(at);
        await refusal(() => repairFolder({ to: place, from: at, force: true }), 'E_NAME');
      }
      expect(listing(readTree(place))).to.deep.equal(listing(source));
      expect(before.length).to.equal(footprint(place).length);
    });
  });

  it('never writes into our own folders, and is refused by a target that cannot have the entry', () =>
    around(async (place) => {
      const ours = memoryLayer(new Map([...source, ['.vpa', folder()], ['.vpa/state.json', file('{}')]]));
      await refusal(() => repairFolder({ to: place, from: ours }), 'E_NAME');
      expect(listing(readTree(place))).to.deep.equal(listing(source));
    }));

  it('keeps the history: which patch was applied last is not changed by it', () =>
    around(async (place) => {
      const patch = await makePatch({
        base: from,
        target: memoryLayer(treeOf({ a: 'two' })),
        from: '1',
        to: '2',
        sequence: 3,
      });
      await applyPatch(patch, { to: place });
      const history = readFileSync(join(place, '.vpa', 'state.json'), 'utf8');
      rmSync(join(place, 'a'));
      writeFileSync(join(place, 'kept'), '1');
      await repairFolder({ to: place, from: memoryLayer(treeOf({ a: 'two' })), force: true });
      expect(readFileSync(join(place, '.vpa', 'state.json'), 'utf8')).to.equal(history);
      expect(statusOf(place).undo).to.include({ repair: true });
      await undoDirectory(place);
      expect(existsSync(join(place, 'a'))).to.equal(false);
    }));
});
