import { expect } from 'chai';
import fc from 'fast-check';
import { attributesOf } from '../../src/registry/attributes.ts';
import { applyDelta } from '../../src/registry/delta/apply-delta.ts';
import { decodeDelta } from '../../src/registry/delta/decode-delta.ts';
import { countDelta, type DeltaRecord, type RegistryDelta } from '../../src/registry/delta/delta.ts';
import { diffHives } from '../../src/registry/delta/diff.ts';
import { encodeDelta } from '../../src/registry/delta/encode-delta.ts';
import { formatDelta } from '../../src/registry/delta/format-delta.ts';
import { invertDelta } from '../../src/registry/delta/invert-delta.ts';
import type { KeyAttributes, RegistryKey } from '../../src/registry/hive.ts';
import { countKeys, emptyKey, equalKeys } from '../../src/registry/key.ts';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { hive, keyOf, pair } from './arbitrary.ts';
import { refusal, survives } from './expect-error.ts';

function machine(body: string): RegistryKey {
  const text = `Windows Registry Editor Version 5.00\n[HKLM]\n${body}`;
  return parseReg(new TextEncoder().encode(text)).get('machine') ?? emptyKey();
}

/** One entry for each thing that may differ: the spelling, the kind and the attributes of a key, and a value. */
function flat(key: RegistryKey, path = '/', all = new Map<string, string>()): Map<string, string> {
  all.set(`${path} name`, key.name).set(`${path} kind`, key.kind);
  for (const [name, one] of Object.entries(attributesOf(key))) {
    all.set(`${path} attribute ${name}`, JSON.stringify(one));
  }
  for (const [name, value] of key.values) {
    all.set(`${path} value ${name}`, JSON.stringify([value.name, value.type, [...value.data]]));
  }
  for (const [name, child] of key.keys) flat(child, `${path}${name}\\`, all);
  return all;
}

/** What a comparison entry by entry would need. */
function naive(before: RegistryKey, after: RegistryKey): number {
  const old = flat(before);
  const now = flat(after);
  return [...new Set([...old.keys(), ...now.keys()])].filter((at) => old.get(at) !== now.get(at)).length;
}

const before = machine(`
[HKLM\\Gone\\Below]
"x"="1"
[HKLM\\Soft]
"changed"=dword:1
"gone"="1"
"kept"="1"
[HKLM\\Soft\\cased]
[HKLM\\Soft\\Hidden]
"v"="1"
[HKLM\\Soft\\Hidden\\Deep]
[HKLM\\Soft\\Twice]
`);
const after = machine(`
[HKLM\\Soft]
@="new"
"changed"=dword:2
"kept"="1"
"marker"=-
[HKLM\\Soft\\CASED]
[-HKLM\\Soft\\Hidden]
[-HKLM\\Soft\\TWICE]
[HKLM\\Soft\\TWICE]
[HKLM\\Soft\\New]
"n"=hex:01
`);

describe('registry delta', () => {
  it('law: apply(before, decode(encode(diff(before, after)))) = after', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const delta = diffHives(a, b);
        const encoded = encodeDelta(delta);
        const decoded = decodeDelta(encoded);
        expect(decoded).to.deep.equal(delta);
        expect(equalKeys(applyDelta(a, decoded), b)).to.equal(true);
        expect(Buffer.compare(encodeDelta(decoded), encoded)).to.equal(0);
      }),
      { numRuns: 500 },
    );
  });

  it('law: a hive does not differ from itself, and otherwise no record is too many', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(diffHives(a, a).records).to.deep.equal([]);
        expect(diffHives(a, { ...a, keys: new Map([...a.keys].reverse()) }).records).to.deep.equal([]);
        const { records } = diffHives(a, b);
        expect(records.length === 0).to.equal(equalKeys(a, b));
        expect(records.length).to.be.at.most(naive(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it('law: a delta is undone by its inverse, with the base', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const delta = diffHives(a, b);
        const back = decodeDelta(encodeDelta(invertDelta(a, delta)));
        expect(equalKeys(applyDelta(applyDelta(a, delta), back), a)).to.equal(true);
        expect(invertDelta(a, { records: [] }).records).to.deep.equal([]);
      }),
      { numRuns: 200 },
    );
  });

  it('law: applying changes nothing of the hive before', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const copy = structuredClone(a);
        applyDelta(a, diffHives(a, b));
        expect(equalKeys(a, copy)).to.equal(true);
      }),
      { numRuns: 100 },
    );
  });

  it('law: what this machine added elsewhere stays', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        fc.pre(a.kind !== 'delete-entry' && b.kind !== 'delete-entry');
        const own = keyOf(
          'Machine only',
          'key',
          [{ name: 'x', type: 4, data: Uint8Array.of(1) }],
          [emptyKey('y')],
        );
        const withOwn = (key: RegistryKey): RegistryKey => ({
          ...key,
          keys: new Map([...key.keys, ['MACHINE ONLY', own]]),
        });
        expect(equalKeys(applyDelta(withOwn(a), diffHives(a, b)), withOwn(b))).to.equal(true);
      }),
      { numRuns: 100 },
    );
  });

  it('law: every record needs the base that it was made for', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const delta = diffHives(a, b);
        fc.pre(delta.records.length > 0);
        // On the target, each record finds its work done: only what replaces bytes goes through again.
        if (delta.records.some(({ op }) => op !== 'change-value' && op !== 'set-security')) {
          refusal(() => applyDelta(b, delta), 'E_BASE_MISMATCH');
        } else expect(equalKeys(applyDelta(b, delta), b)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it('law: the counts are those of the hives', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const { keys, values } = countDelta(diffHives(a, b));
        const old = countKeys(a);
        const now = countKeys(b);
        expect(now.keys - old.keys).to.equal(keys.added - keys.removed);
        expect(now.values - old.values).to.equal(values.added - values.removed);
      }),
      { numRuns: 200 },
    );
  });

  it('has one record for each difference, in canonical order', () => {
    const { records } = diffHives(before, after);
    expect(records.map(({ op, path }) => `${op} ${path.join('\\')}`)).to.deep.equal([
      'remove-key Gone',
      'add-value Soft',
      'change-value Soft',
      'remove-value Soft',
      'add-value Soft',
      'rename-key Soft\\CASED',
      'set-kind Soft\\Hidden',
      'add-key Soft\\New',
      'add-value Soft\\New',
      'rename-key Soft\\TWICE',
      'set-kind Soft\\TWICE',
    ]);
    expect(countDelta({ records })).to.deep.equal({
      keys: { added: 1, removed: 3, changed: 3 },
      values: { added: 3, removed: 3, changed: 1 },
    });
  });

  it('removes a key with what only this machine has in it', () => {
    const here = machine('[HKLM\\Gone]\n"mine"="1"\n[HKLM\\Gone\\Mine]\n[HKLM\\Gone\\Below]\n"x"="1"');
    const delta = diffHives(machine('[HKLM\\Gone\\Below]\n"x"="1"'), machine(''));
    expect(applyDelta(here, delta).keys.size).to.equal(0);
  });

  const mismatches: [string, string, string, RegExp][] = [
    ['a removed key', '[HKLM\\A]', '', /"A": the key is not there/],
    ['an added key', '', '[HKLM\\B]', /"B": the key is there already/],
    ['a key on the way', '[HKLM\\A\\C]', '[HKLM\\A]', /"A": the key is not there/],
    ['a removed value', '[HKLM\\B]\n"x"="1"', '[HKLM\\B]', /"B": the value "x" is not there/],
    ['a changed value', '[HKLM\\B]\n"x"="1"', '[HKLM\\B]\n"x"="2"', /the value "x" is not there/],
    ['an added value', '[HKLM\\B]', '[HKLM\\B]\n"y"="1"', /the value "y" is there already/],
    ['a kind', '[-HKLM\\B]\n[HKLM\\B]', '[HKLM\\B]', /"B": the key is of kind key/],
    ['a case', '[HKLM\\b]', '[HKLM\\B]', /"B": the key's name is written "B"/],
    ['a key in a delete entry', '[HKLM\\D]', '[HKLM\\D\\x]', /"D\\\\x": the key above is a delete entry/],
    ['a value in a delete entry', '[HKLM\\D]', '[HKLM\\D]\n"v"="1"', /"D": the key is a delete entry/],
  ];
  for (const [what, from, to, message] of mismatches) {
    it(`refuses another base: ${what}`, () => {
      const other = machine('[HKLM\\B]\n"y"="1"\n[-HKLM\\D]');
      const error = refusal(
        () => applyDelta(other, diffHives(machine(from), machine(to))),
        'E_BASE_MISMATCH',
      );
      expect(error.message).to.match(message);
    });
  }

  const plain = keyOf('k', 'key', [], []);
  const root = (key: RegistryKey): RegistryKey => keyOf('', 'key', [], [key]);
  const withAttributes = (attributes: KeyAttributes): RegistryKey => root({ ...plain, attributes });
  const rich = withAttributes({ link: true, className: 'c"', security: Uint8Array.of(1, 2) });

  it('has a record for each attribute, also of a new key', () => {
    const set = ['set-link', 'set-class', 'set-security'];
    expect(diffHives(root(plain), rich).records.map(({ op }) => op)).to.deep.equal(set);
    expect(diffHives(emptyKey(), rich).records.map(({ op }) => op)).to.deep.equal(['add-key', ...set]);
    expect(
      diffHives(rich, withAttributes({ className: '', security: new Uint8Array(0) })).records,
    ).to.deep.equal([
      { op: 'set-link', path: ['k'], link: false },
      { op: 'set-class', path: ['k'], from: 'c"', to: '' },
      { op: 'set-security', path: ['k'], security: new Uint8Array(0) },
    ]);
    const changed = { added: 0, removed: 0, changed: 1 };
    expect(countDelta(diffHives(root(plain), rich)).keys).to.deep.equal(changed);
    expect(countDelta(diffHives(emptyKey(), rich)).keys).to.deep.equal({ added: 1, removed: 0, changed: 0 });
  });

  it('does not see when a key was last written, and keeps it', () => {
    const old = root({ ...plain, lastWrite: 1n });
    expect(diffHives(old, root({ ...plain, lastWrite: 2n })).records).to.deep.equal([]);
    const applied = applyDelta(old, diffHives(root(plain), rich)).keys.get('K');
    expect(applied?.lastWrite).to.equal(1n);
    expect(applied?.attributes?.className).to.equal('c"');
  });

  it('refuses a base with other attributes', () => {
    const unlink = diffHives(rich, root(plain));
    const link = refusal(() => applyDelta(root(plain), unlink), 'E_BASE_MISMATCH');
    expect(link.message).to.match(/"k": the key is no symbolic link/);
    const other = withAttributes({ link: true, className: 'd' });
    expect(refusal(() => applyDelta(other, unlink), 'E_BASE_MISMATCH').message).to.match(/of the class "d"/);
    const gone = root(keyOf('k', 'delete-entry', [], []));
    refusal(() => applyDelta(gone, diffHives(root(plain), rich)), 'E_BASE_MISMATCH');
  });

  it('shows attributes as their lines', () => {
    const line = /^.HKEY_LOCAL_MACHINE\\k.$/m;
    const text = formatDelta(diffHives(root(plain), rich), 'machine');
    expect(text).to.match(line);
    expect(text).to.include(
      '\n;#link ; added\n;#class="c\\"" ; added\n;#security=hex:01,02 ; changed: 2 bytes\n',
    );
    const back = formatDelta(diffHives(rich, root(plain)), 'machine');
    expect(back).to.include('\n;#link ; removed\n;#class="" ; removed: was "c\\""\n;#security= ; removed\n');
  });

  it('shows itself like .reg text', () => {
    expect(formatDelta(diffHives(before, after), 'machine')).to.equal(
      `[-HKEY_LOCAL_MACHINE\\Gone] ; removed: 2 key(s), 1 value(s)

[HKEY_LOCAL_MACHINE\\Soft]
@="new" ; added
"changed"=dword:00000002 ; changed
"gone"=- ; removed
"marker"=- ; added: a delete entry

[HKEY_LOCAL_MACHINE\\Soft\\CASED]
; the key's name was written "cased"

[-HKEY_LOCAL_MACHINE\\Soft\\Hidden] ; changed: was an ordinary key, is a delete entry

[HKEY_LOCAL_MACHINE\\Soft\\New] ; added
"n"=hex:01 ; added

[HKEY_LOCAL_MACHINE\\Soft\\TWICE]
; the key's name was written "Twice"
[HKEY_LOCAL_MACHINE\\Soft\\TWICE] ; changed: was an ordinary key, is an opaque key
`,
    );
  });

  it('shows no control characters, and large data only in part', () => {
    const values = [
      { name: '\u001b[2J\u202e', type: 3, data: new Uint8Array(5000) },
      { name: 'l', type: 3, data: new Uint8Array(100) },
    ];
    const text = formatDelta(diffHives(emptyKey(), keyOf('', 'key', values, [])), 'user');
    expect(text).to.include('"\\u{1b}[2J\\u{202e}"=hex:00,');
    expect(text).to.include(',… ; added: 5000 bytes\n');
    expect(text.split('\n')).to.have.length(4);
  });
});

describe('encoded registry delta', () => {
  it('is as FORMAT §6.3.4 shows', () => {
    const from = machine('[HKLM\\Acme]\n"v"=dword:1');
    const to = machine('[HKLM\\Acme]\n"v"=dword:2\n[HKLM\\Acme\\x]');
    expect(Buffer.from(encodeDelta(diffHives(from, to))).toString('hex')).to.equal(
      '56524401' +
        '02' +
        '06' +
        '00' +
        '01' +
        '04410063006d006500' +
        '017600' +
        '05' +
        '0402000000' +
        '01' +
        '01' +
        '01' +
        '017800' +
        '00',
    );
    expect(Buffer.from(encodeDelta({ records: [] })).toString('hex')).to.equal('5652440100');
  });

  const data = Uint8Array.of(1);
  const add = (...path: string[]): DeltaRecord => ({ op: 'add-key', path, kind: 'key' });
  const set = (name: string, ...path: string[]): DeltaRecord => ({
    op: 'change-value',
    path,
    name,
    type: 3,
    data,
  });
  const noBytes = new Uint8Array(0);
  const setClass = (from: string, to: string): DeltaRecord => ({ op: 'set-class', path: ['k'], from, to });
  const setLink = (link: boolean): DeltaRecord => ({ op: 'set-link', path: ['k'], link });
  const setSecurity = (security: Uint8Array): DeltaRecord => ({ op: 'set-security', path: ['k'], security });
  const gone = { keys: 1, values: 0 };
  const none = { keys: 0, values: 0 };
  const wrong: [string, DeltaRecord[]][] = [
    ['keys out of order', [add('b'), add('a')]],
    ['a key twice', [add('a'), add('A')]],
    ['a parent behind its child', [add('a', 'b'), add('a')]],
    ['values out of order', [set('b', 'k'), set('a', 'k')]],
    ['a value twice', [set('a', 'k'), set('A', 'k')]],
    ['a value before its key', [set('a', 'k'), add('k')]],
    ['two spellings of a path', [set('a', 'k'), set('a', 'K', 'x')]],
    ['additions to the root itself', [add()]],
    ['a removed root', [{ op: 'remove-key', path: [], removed: gone }]],
    ['an empty name', [add('')]],
    ['a backslash', [add('a\\b')]],
    ['a change in a new key', [add('k'), set('a', 'k')]],
    ['a change below a new key', [add('k'), set('a', 'k', 'x')]],
    [
      'a change in a key that was a delete entry',
      [{ op: 'set-kind', path: ['k'], before: 'delete-entry', after: 'key', removed: none }, set('a', 'k')],
    ],
    ['a record in a removed key', [{ op: 'remove-key', path: ['k'], removed: gone }, add('k', 'x')]],
    ['a record in a delete entry', [{ op: 'add-key', path: ['k'], kind: 'delete-entry' }, add('k', 'x')]],
    [
      'a value of a root that is a delete entry',
      [{ op: 'set-kind', path: [], before: 'key', after: 'delete-entry', removed: none }, add('a')],
    ],
    ['a renaming to another name', [{ op: 'rename-key', path: ['a'], from: 'b' }]],
    ['a renaming to the same name', [{ op: 'rename-key', path: ['a'], from: 'a' }]],
    ['a kind that stays', [{ op: 'set-kind', path: ['a'], before: 'key', after: 'key', removed: none }]],
    ['a class that stays', [setClass('a', 'a')]],
    ['a class twice', [setClass('a', 'b'), setClass('b', 'c')]],
    ['a class before a link', [setClass('a', 'b'), setLink(true)]],
    ['an attribute behind a value', [set('a', 'k'), setSecurity(data)]],
    ['an attribute that goes, in a new key', [add('k'), setLink(false)]],
    ['another class, in a new key', [add('k'), setClass('a', 'b')]],
    ['no descriptor, in a new key', [add('k'), setSecurity(noBytes)]],
    ['a removal of no key', [{ op: 'remove-key', path: ['a'], removed: none }]],
  ];
  for (const [what, records] of wrong) {
    it(`refuses to write ${what}, and to read it`, () => {
      refusal(() => encodeDelta({ records }), 'E_FORMAT');
      refusal(() => decodeDelta(encodeUnchecked(records)), 'E_FORMAT');
    });
  }

  it('refuses to write counts where nothing goes', () => {
    const records: DeltaRecord[] = [
      { op: 'set-kind', path: ['a'], before: 'key', after: 'opaque', removed: gone },
    ];
    refusal(() => encodeDelta({ records }), 'E_FORMAT');
  });

  const bytes: [string, string][] = [
    ['nothing', ''],
    ['another format', '5652450100'],
    ['a later version', '5652440200'],
    ['no count', '56524401'],
    ['bytes at the end', '565244010000'],
    ['a missing record', '5652440101'],
    ['a long number', '565244018000'],
    ['a number that is too large', `56524401${'ff'.repeat(7)}7f`],
    ['an unknown operation', '56524401010000'],
    ['an unknown operation above', '56524401010800'],
    ['an unknown kind', '565244010101000101610003'],
    ['a shared part that is not there', '565244010101010001610000'],
    ['a path that could be shared', '56524401020100010161000001000201610001620000'],
    ['a type above 32 bits', '565244010105000001610081808080100100'],
    ['a cut name', '5652440101010001056100'],
    ['a link that is neither', '565244010108000101610002'],
    ['cut data', '56524401010500000161000405aa'],
  ];
  for (const [what, hex] of bytes) {
    it(`refuses ${what}`, () =>
      refusal(() => decodeDelta(Uint8Array.from(Buffer.from(hex, 'hex'))), 'E_FORMAT'));
  }

  it('refuses what is over a limit, before it is made', () => {
    const value: DeltaRecord = { op: 'add-value', path: ['k'], name: 'vv', type: 3, data: new Uint8Array(9) };
    const delta: RegistryDelta = { records: [add('a', 'bb', 'c'), value] };
    const encoded = encodeDelta(delta);
    for (const limits of [
      { size: 20 },
      { depth: 2 },
      { paths: 64 },
      { keyName: 1 },
      { valueName: 1 },
      { valueData: 8 },
      { keys: 1, values: 0 },
    ]) {
      refusal(() => decodeDelta(encoded, limits), 'E_LIMIT');
    }
    const huge = Uint8Array.from(Buffer.from('5652440101' + '0500000161000480808080' + '01', 'hex'));
    refusal(() => decodeDelta(huge), 'E_LIMIT');
    expect(
      decodeDelta(encoded, { size: encoded.length, depth: 3, keyName: 2, valueName: 2, valueData: 9 }),
    ).to.deep.equal(delta);
  });

  it('counts what short records stand for: long paths cost neither memory nor time', () => {
    const way = Array.from({ length: 400 }, () => 'p'.repeat(200));
    const ways = way.map((_, depth) => add(...way.slice(0, depth + 1)));
    const below = Array.from({ length: 3000 }, (_, at) => String(at).padStart(4, '0'));
    const values = below.map((name): DeltaRecord => ({ op: 'add-value', path: way, name, type: 3, data }));
    const limits = { paths: 64 * 2 ** 20 };
    const keys = encodeDelta({ records: [...ways, ...below.map((name) => add(...way, name))] });
    expect(keys.length).to.be.below(250_000);
    refusal(() => decodeDelta(keys, limits), 'E_LIMIT');
    const start = performance.now();
    const decoded = decodeDelta(encodeDelta({ records: [...ways, ...values] }), limits);
    applyDelta(emptyKey(), decoded);
    formatDelta(decoded, 'machine');
    expect(performance.now() - start).to.be.below(2000);
  });

  it('fuzz: a damaged delta is decoded or refused; what is decoded is canonical', () => {
    fc.assert(
      fc.property(
        hive,
        hive,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(),
        fc.boolean(),
        (a, b, flips, cut, cuts) => {
          const encoded = encodeDelta(diffHives(a, b)).slice();
          for (const [at, byte] of flips) encoded[at % encoded.length] = byte;
          const damaged = cuts ? encoded.subarray(0, cut % encoded.length) : encoded;
          survives(() => {
            const delta = decodeDelta(damaged);
            expect(Buffer.compare(encodeDelta(delta), damaged)).to.equal(0);
            formatDelta(delta, 'machine');
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The same bytes without any check, and without shared paths where they are not the same letters. */
function encodeUnchecked(records: readonly DeltaRecord[]): Uint8Array {
  const ops = [
    'add-key',
    'remove-key',
    'rename-key',
    'set-kind',
    'add-value',
    'change-value',
    'remove-value',
    'set-link',
    'set-class',
    'set-security',
  ];
  const kinds = ['key', 'delete-entry', 'opaque'];
  const text = (value: string): number[] => [value.length, ...Buffer.from(value, 'utf16le')];
  let previous: readonly string[] = [];
  const out = [0x56, 0x52, 0x44, 1, records.length];
  for (const record of records) {
    let shared = 0;
    while (shared < record.path.length && record.path[shared] === previous[shared]) shared++;
    out.push(ops.indexOf(record.op) + 1, shared, record.path.length - shared);
    out.push(...record.path.slice(shared).flatMap(text));
    previous = record.path;
    if (record.op === 'add-key') out.push(kinds.indexOf(record.kind));
    else if (record.op === 'rename-key') out.push(...text(record.from));
    else if (record.op === 'set-kind') out.push(kinds.indexOf(record.before), kinds.indexOf(record.after));
    else if (record.op === 'set-link') out.push(record.link ? 1 : 0);
    else if (record.op === 'set-class') out.push(...text(record.from), ...text(record.to));
    else if (record.op === 'set-security') out.push(record.security.length, ...record.security);
    else if ('name' in record) out.push(...text(record.name));
    if ('data' in record) out.push(Number(record.type) + 1, record.data.length, ...record.data);
    const counts =
      record.op === 'remove-key' || (record.op === 'set-kind' && record.after === 'delete-entry');
    if (counts) out.push(record.removed.keys, record.removed.values);
  }
  return Uint8Array.from(out);
}
