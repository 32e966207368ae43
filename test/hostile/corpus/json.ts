/** JSON that means two things, or that costs much (FORMAT §1). */
import type { Hostile } from './hostile.ts';

const text = (data: Uint8Array): string => Buffer.from(data).toString();

/** The manifest with a text replaced. */
const manifest = (name: string, says: RegExp, from: string | RegExp, to: string): Hostile => ({
  name: `a manifest with ${name}`,
  code: 'E_FORMAT',
  says,
  twist: {
    manifestBytes: (data) => {
      const changed = text(data).replace(from, () => to);
      if (changed === text(data)) throw new Error(`the manifest has no ${from}`);
      return Buffer.from(changed);
    },
  },
});

const canonical = /not canonical/;
const id = '"id":"com.example.notes"';
const name = '"name":"Notes"';
const size = /"size":\d+/;

export const json: readonly Hostile[] = [
  manifest('a key twice', canonical, id, `"id":"good",${id}`),
  manifest('keys in another order', canonical, `${id},${name}`, `${name},${id}`),
  manifest('white space', canonical, '"format":1', '"format": 1'),
  manifest('an escaped letter', canonical, 'notes"', '\\u006eotes"'),
  manifest('-0', canonical, size, '"size":-0'),
  manifest('a number that is written otherwise', canonical, '"format":1', '"format":1.0'),
  manifest('an exponent', canonical, '"format":1', '"format":1e0'),
  manifest('a number beyond 2^53', /expected int|Too big|Invalid/, size, '"size":9007199254740993000'),
  manifest('a number beyond all', /no canonical|not canonical/, size, '"size":1e999'),
  manifest('a negative number', /Too small/, size, '"size":-1'),
  manifest('a broken number', /expected int/, size, '"size":0.5'),
  manifest(
    'half of a surrogate pair',
    /not canonical|half of a surrogate/,
    '"name":"Notes"',
    '"name":"\\ud800"',
  ),
  manifest(
    'a __proto__',
    /Unrecognized key|unknown/,
    '{"application"',
    '{"__proto__":{"format":1},"application"',
  ),
  manifest(
    'a __proto__ further inside',
    /Unrecognized key|unknown/,
    `{${id}`,
    `{"__proto__":{"polluted":true},${id}`,
  ),
  manifest('a constructor', /Unrecognized key/, '"format":1', '"constructor":{"prototype":{}},"format":1'),
  manifest('a byte-order mark', /not valid JSON/, /^/, '\ufeff'),
  manifest('something behind its end', /not valid JSON/, /$/, '{}'),
  manifest('no object at all', /expected object|Invalid/, /^[^]*$/, '[]'),
  manifest('a thousand brackets', /more than 32 levels/, /^[^]*$/, '['.repeat(1000) + ']'.repeat(1000)),
  manifest('half a million brackets', /more than 32 levels/, /^[^]*$/, '['.repeat(500_000)),
  {
    name: 'a manifest that is not UTF-8',
    code: 'E_FORMAT',
    says: /not valid UTF-8/,
    twist: {
      manifestBytes: (data) => Buffer.concat([Buffer.from(data).subarray(0, -1), Buffer.from([0xff, 0x7d])]),
    },
  },
  {
    name: 'a manifest of more than a megabyte',
    code: 'E_LIMIT',
    says: /manifest.json is too large/,
    twist: {
      manifest: (manifest) => ({
        ...manifest,
        rules: { excludes: ['x'.repeat(1 << 20)] },
      }),
    },
  },
  {
    name: 'a manifest of nothing but values',
    code: 'E_LIMIT',
    says: /too many values/,
    twist: { manifestBytes: () => Buffer.from(`[${'0,'.repeat(500_000)}0]`) },
  },
];
