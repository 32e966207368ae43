import { expect } from 'chai';
import fc from 'fast-check';
import canonicalize from 'canonicalize';
import { fromCanonicalJson, toCanonicalJson } from '../../src/patch/canonical-json.ts';
import { expectFailure, failure } from './samples.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('canonical JSON (FORMAT §1)', () => {
  it('gives every JSON value back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const data = toCanonicalJson(value);
        const again = fromCanonicalJson(data, 'x', 100);
        expect(Buffer.from(toCanonicalJson(again)).equals(data)).to.equal(true);
      }),
    );
  });

  it('accepts exactly the texts that canonicalize writes', () => {
    const text = fc.oneof(
      fc.json(),
      fc.json({ stringUnit: 'binary' }),
      fc.jsonValue().map((value) => canonicalize(value) ?? ''),
    );
    fc.assert(
      fc.property(text, (json) => {
        let canonical: boolean;
        try {
          canonical = canonicalize(JSON.parse(json)) === json;
        } catch {
          canonical = false;
        }
        let accepted = true;
        try {
          fromCanonicalJson(bytes(json), 'x', 1000);
        } catch {
          accepted = false;
        }
        expect(accepted).to.equal(canonical && json.isWellFormed());
      }),
    );
  });

  it('sorts keys by UTF-16 code units, numbers among them', () => {
    const text = '{"10":1,"9":2,"__proto__":3,"é":4,"😀":5,"\ue000":6}';
    expect(Buffer.from(toCanonicalJson(JSON.parse(text))).toString()).to.equal(text);
    expect(fromCanonicalJson(bytes(text), 'x')).to.deep.equal(JSON.parse(text));
  });

  for (const [name, text, message] of [
    ['white space', '{"a": 1}', /not canonical/],
    ['a line feed at the end', '{}\n', /not canonical/],
    ['unsorted keys', '{"b":1,"a":2}', /not canonical/],
    ['a repeated key', '{"a":1,"a":1}', /not canonical/],
    ['another form of a number', '[1.0]', /not canonical/],
    ['minus zero', '[-0]', /not canonical/],
    ['a number out of range', '[1e999]', /no canonical|not canonical/],
    ['an escape that is not needed', '["\\u0041"]', /not canonical/],
    ['half a surrogate pair', '["\\ud800"]', /surrogate/],
    ['an escaped pair', '["\\ud83d\\ude00"]', /not canonical/],
    ['a byte-order mark', '\ufeff{}', /not valid JSON/],
    ['no JSON', '{', /^x is not valid JSON/],
    ['nothing', '', /not valid JSON/],
  ] as const) {
    it(`refuses ${name}`, () =>
      expectFailure('E_FORMAT', message, () => fromCanonicalJson(bytes(text), 'x')));
  }

  it('refuses what is not UTF-8', () =>
    expectFailure('E_FORMAT', /UTF-8/, () => fromCanonicalJson(new Uint8Array([0x22, 0xff, 0x22]), 'x')));

  it('refuses deep nesting without using the stack for it', async () => {
    const deep = bytes('['.repeat(2_000_000));
    await expectFailure('E_FORMAT', /nested more than 32/, () => fromCanonicalJson(deep, 'x'));
    expect(fromCanonicalJson(bytes('[[]]'), 'x', 2)).to.deep.equal([[]]);
    expect((await failure(() => fromCanonicalJson(bytes('[[]]'), 'x', 1))).code).to.equal('E_FORMAT');
    // Brackets in strings are no nesting.
    expect(fromCanonicalJson(bytes('["[[\\"[[\\\\"]'), 'x', 1)).to.deep.equal(['[["[[\\']);
  });

  it('refuses to write what has no form', async () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const value of [NaN, Infinity, '\ud800', undefined, cycle]) {
      expect((await failure(() => toCanonicalJson(value))).code).to.equal('E_FORMAT');
    }
  });
});
