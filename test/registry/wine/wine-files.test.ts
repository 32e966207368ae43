/** The files that Wine wrote: read, written, and what two versions of an installer changed in them. */
import { expect } from 'chai';
import { applyDelta } from '../../../src/registry/delta/apply-delta.ts';
import { decodeDelta } from '../../../src/registry/delta/decode-delta.ts';
import { diffHives } from '../../../src/registry/delta/diff.ts';
import { encodeDelta } from '../../../src/registry/delta/encode-delta.ts';
import { hiveRoots, type HiveRoot, type Registry, type RegistryKey } from '../../../src/registry/hive.ts';
import { countKeys, emptyKey, equalKeys } from '../../../src/registry/key.ts';
import { openRegistry, writeAgain } from '../../../src/registry/forms/forms.ts';
import { ruleSet, ruleSets } from '../../../src/registry/rule-sets/rule-sets.ts';
import { parseVolatileRule, removeVolatile } from '../../../src/registry/rules/volatile.ts';
import { formatWine } from '../../../src/registry/wine/format-wine.ts';
import { fromWine } from '../../../src/registry/wine/from-wine.ts';
import { parseWine } from '../../../src/registry/wine/parse-wine.ts';
import { toWine } from '../../../src/registry/wine/to-wine.ts';
import { fromUtf16 } from '../../../src/registry/utf16.ts';
import {
  files,
  machineOf,
  needsWineFiles,
  states,
  type State,
  wineFile,
  wineRegistry,
} from './test-files.ts';

const rules = [...ruleSet('wine').rules, ...ruleSet('plug-and-play').rules].map(parseVolatileRule);

function stable(registry: Registry, root: HiveRoot): RegistryKey {
  return removeVolatile(root, registry.get(root) ?? emptyKey(), rules).key;
}

/** One line for each record of the difference of two states, all hives. */
function changes(from: State, to: State, prepare: typeof stable): string[] {
  const [before, after] = [wineRegistry(from), wineRegistry(to)];
  return hiveRoots.flatMap((root) =>
    diffHives(prepare(before, root), prepare(after, root)).records.map((record) => {
      const where = [root, ...record.path].join('\\');
      return 'name' in record ? `${record.op} ${where}::${record.name || '@'}` : `${record.op} ${where}`;
    }),
  );
}

const notes = 'machine\\Software\\Acme\\Notes';
const uninstall = 'machine\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\AcmeNotes';
const upgrade = [
  `change-value ${notes}::Build`,
  `change-value ${notes}::Version`,
  `add-key ${notes}\\NewKey`,
  `add-value ${notes}\\NewKey::x`,
  `remove-key ${notes}\\OldKey`,
  `change-value ${uninstall}::DisplayVersion`,
];

describe('wine: the files of a real prefix', function () {
  before(function () {
    needsWineFiles(this);
  });

  for (const state of states) {
    for (const name of files) {
      it(`${state}/${name} comes back byte for byte`, () => {
        const bytes = wineFile(state, name);
        const wine = parseWine(bytes);
        expect(bytes.equals(formatWine(wine))).to.equal(true);
        // Also through the model, which keeps times: with the file before, and anew.
        const key = fromWine(wine);
        expect(bytes.equals(formatWine(toWine(key, { previous: wine })))).to.equal(true);
        const relativeTo = wine.relativeTo ?? '';
        expect(bytes.equals(formatWine(toWine(key, { relativeTo })))).to.equal(true);
      });
    }
  }

  it('has the keys, links and values of a fresh prefix', () => {
    const wine = parseWine(wineFile('base', 'system.reg'));
    expect(wine.relativeTo).to.equal('REGISTRY\\Machine');
    expect(wine.arch).to.equal('win64');
    // Counted with grep in the file: keys, `#time` and `#link` lines.
    expect(wine.sections.length).to.equal(8733);
    expect(wine.sections.filter(({ time }) => time !== null).length).to.equal(8733);
    expect(wine.sections.filter(({ link }) => link).length).to.equal(54);
    // Implied keys are counted, too.
    expect(countKeys(fromWine(wine)).keys).to.be.greaterThan(8733);
  });

  it('sees what the installer wrote', () => {
    let key: RegistryKey | undefined = machineOf('A');
    for (const name of ['SOFTWARE', 'ACME', 'NOTES']) key = key?.keys.get(name);
    const text = (name: string): string => fromUtf16(key?.values.get(name)?.data ?? new Uint8Array(0));
    expect(text('')).to.equal('default value\0');
    expect(text('PLUGINS')).to.equal('ab\0c\0\0');
    expect(text('QUOTE"VAL\\X')).to.equal('he said "hi" C:\\new\\table\0');
    expect([...(key?.values.values() ?? [])].map(({ type }) => type)).to.deep.equal([
      1, 3, 4, 2, 1, 0, 7, 1, 4, 1,
    ]);
    const bracket = key?.keys.get('[BRACK]ET');
    expect(bracket?.name).to.equal('[Brack]et');
    expect(
      [...(bracket?.values.values() ?? [])].map(({ name, data }) => [name, fromUtf16(data)]),
    ).to.deep.equal([['Größe', 'ünï ☃ 漢字\0']]);
  });

  it('A→C under the rules: exactly what the installer changed', () => {
    expect(changes('A', 'C', stable)).to.deep.equal(upgrade);
    expect(changes('A', 'C', (registry, root) => registry.get(root) ?? emptyKey())).to.have.lengthOf(7);
  });

  it('A→B under the rules: the same, and the result code of the second service', () => {
    expect(changes('A', 'B', stable)).to.deep.equal([
      upgrade[0],
      `change-value ${notes}::ScRc`,
      ...upgrade.slice(1),
    ]);
  });

  it('base→NOP under the rules: nothing', () => {
    expect(changes('base', 'NOP', stable)).to.deep.equal([]);
    expect(changes('base', 'NOP', (registry, root) => registry.get(root) ?? emptyKey())).to.not.be.empty;
  });

  it('base→A under the rules: only keys of the application', () => {
    for (const line of changes('base', 'A', stable)) expect(line).to.match(/acme|\.acn|\{A0A0A0A0-/i);
  });

  for (const [from, to] of [
    ['A', 'C'],
    ['A', 'B'],
    ['base', 'C'],
    ['C', 'base'],
  ] as const) {
    it(`patch(${from}→${to}) applied to ${from} is ${to}`, () => {
      const [before, after] = [wineRegistry(from), wineRegistry(to)];
      for (const root of hiveRoots) {
        const target = stable(after, root);
        const delta = decodeDelta(encodeDelta(diffHives(stable(before, root), target)));
        expect(equalKeys(applyDelta(stable(before, root), delta), target), root).to.equal(true);
      }
    });
  }

  it('the patched file has new times only where the patch changed something', () => {
    const bytes = wineFile('A', 'system.reg');
    const source = openRegistry(bytes);
    const before = source.registry.get('machine') ?? emptyKey();
    const delta = diffHives(stable(source.registry, 'machine'), stable(wineRegistry('C'), 'machine'));
    const patched = applyDelta(before, delta);
    const text = Buffer.from(writeAgain(new Map([['machine', patched]]), source, { time: 1_800_000_000 }));
    const lines = text.toString().split('\n');
    const changed = lines.filter((line) => line.endsWith('] 1800000000'));
    expect(changed).to.deep.equal([
      '[Software\\\\Acme\\\\Notes] 1800000000',
      '[Software\\\\Acme\\\\Notes\\\\NewKey] 1800000000',
      '[Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Uninstall\\\\AcmeNotes] 1800000000',
    ]);
    expect(lines.filter((line) => line === '#time=1dda4c66b338000')).to.have.lengthOf(3);
    // All other lines are those of the file.
    const old = new Set(bytes.toString().split('\n'));
    expect(lines.filter((line) => !old.has(line) && !line.startsWith('#time=1dda4c66b338000'))).to.deep.equal(
      [
        '[Software\\\\Acme\\\\Notes] 1800000000',
        '"Build"=dword:000000c8',
        '"Version"="2.0.0"',
        '[Software\\\\Acme\\\\Notes\\\\NewKey] 1800000000',
        '"x"="1"',
        '[Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Uninstall\\\\AcmeNotes] 1800000000',
        '"DisplayVersion"="2.0.0"',
      ],
    );
    // Twice the same, and back again.
    expect(equalKeys(fromWine(parseWine(text)), patched)).to.equal(true);
  });

  it('every set of rules has rules that are some, once', () => {
    for (const { name, rules: texts } of ruleSets) {
      expect(new Set(texts.map((text) => text.toLowerCase())).size, name).to.equal(texts.length);
      texts.forEach(parseVolatileRule);
    }
  });
});
