/** Manifests that say what is not so (FORMAT §4). */
import type { Manifest } from '../archive.ts';
import type { Hostile } from './hostile.ts';
import type { ErrorCode } from '../../../src/errors.ts';

const lie = (
  name: string,
  says: RegExp,
  change: (manifest: Manifest) => unknown,
  code: ErrorCode = 'E_FORMAT',
): Hostile => ({
  name: `a manifest ${name}`,
  code,
  says,
  twist: { manifest: change },
});
const index = (fields: object) => (manifest: Manifest) => ({
  ...manifest,
  index: { ...manifest.index, ...fields },
});
/** Coded, as it says: what is stored has the size that the index has. */
const coded = (encoding: readonly string[]) => (manifest: Manifest) =>
  index({ encoding, stored: manifest.index.size })(manifest);
const other = `sha256:${'0'.repeat(64)}` as const;
const upper = `sha256:${'A'.repeat(64)}`;

export const manifests: readonly Hostile[] = [
  lie('with an unknown field', /Unrecognized key/, (manifest) => ({ ...manifest, run: 'setup.exe' })),
  lie('with an unknown field further inside', /Unrecognized key/, (manifest) => ({
    ...manifest,
    base: { ...manifest.base, path: '/' },
  })),
  lie('without its base', /base/, (manifest) => ({ ...manifest, base: undefined })),
  lie(
    'of a later format that it calls readable by none',
    /needs a reader of format 2/,
    (manifest) => ({ ...manifest, format: 2, minimumReader: 2 }),
    'E_VERSION',
  ),
  lie(
    'whose reader is newer than its format',
    /needs a reader|above format/,
    (manifest) => ({ ...manifest, minimumReader: 9 }),
    'E_VERSION',
  ),
  lie('of format 0', /format/, (manifest) => ({ ...manifest, format: 0 })),
  lie('with a digest in upper case', /digest/, index({ digest: upper })),
  lie('with a digest of another kind', /digest/, index({ digest: `md5:${'0'.repeat(32)}` })),
  lie(
    'that names another index',
    /not the one that the manifest names/,
    index({ digest: other }),
    'E_DIGEST',
  ),
  lie('with a smaller size of its index', /cut off/, index({ size: 7 })),
  lie(
    'with a larger size of its index than there is',
    /not the one that the manifest names/,
    index({ size: 1 << 20 }),
    'E_DIGEST',
  ),
  lie('with another stored size of its index', /differs|above/, index({ stored: 7 })),
  lie('with a stored size where there is one size', /by default/, (manifest) =>
    index({ stored: manifest.index.size })(manifest),
  ),
  lie('with a coding, but no stored size', /by default/, index({ encoding: ['brotli/1'] })),
  lie('with a coding that makes more of its index', /above the size/, (manifest) =>
    index({ encoding: ['brotli/1'], stored: manifest.index.size, size: 7 })(manifest),
  ),
  lie('with a coding that is none', /by default/, index({ encoding: [] })),
  lie(
    'with an index that is said to be a petabyte',
    /index is too large/,
    index({ size: 2 ** 50, stored: 2 ** 50 }),
    'E_LIMIT',
  ),
  lie('with an index in an unknown coding', /does not know/, coded(['zip-bomb/1']), 'E_CODEC'),
  lie('with an index in a coding that is no id', /codec and its version/, coded(['../../evil'])),
  lie('with an index that is coded nine times', /encoding/, coded(Array<string>(9).fill('brotli/1'))),
  lie('with an index that is not brotli', /brotli/, coded(['brotli/1'])),
  lie('with a list of frames', /Unrecognized key/, (manifest) => ({ ...manifest, payload: { frames: 1 } })),
  lie('with an older reader than it needs', /by default/, (manifest) => ({ ...manifest, minimumReader: 1 })),
  lie('with a name that is the id', /by default/, (manifest) => ({
    ...manifest,
    application: { id: 'a', name: 'a' },
  })),
  lie('with no rules', /by default/, (manifest) => ({ ...manifest, rules: {} })),
  lie('with rules out of order', /sorted/, (manifest) => ({
    ...manifest,
    rules: { excludes: ['b', 'a'] },
  })),
  lie('with a rule twice', /sorted/, (manifest) => ({
    ...manifest,
    rules: { volatile: ['HKLM\\a', 'HKLM\\a'] },
  })),
  lie('with a variable that is a path', /variable/, (manifest) => ({
    ...manifest,
    rules: { variables: ['../x'] },
  })),
  ...[
    `${'*a'.repeat(12)}b`,
    '+(+(a))b',
    `${'{a,a}'.repeat(20)}b`,
    `${'**/'.repeat(30)}b`,
    ' ',
    '('.repeat(200),
  ].map((glob) =>
    lie(
      `with the glob ${glob.slice(0, 12)}, which is none that ends`,
      /excludes\[0\]|excludes\.0/,
      (manifest) => ({ ...manifest, rules: { excludes: [glob] } }),
    ),
  ),
  lie('with a volatile rule that is none', /volatile/, (manifest) => ({
    ...manifest,
    rules: { volatile: ['C:\\x'] },
  })),
  lie(
    'that expired',
    /not to be applied after/,
    (manifest) => ({ ...manifest, notAfter: '2001-01-01T00:00:00Z' }),
    'E_UNTRUSTED',
  ),
  lie('that expires on a day that is none', /instant/, (manifest) => ({
    ...manifest,
    notAfter: '2030-02-30T00:00:00Z',
  })),
  lie('that expires in another zone', /instant/, (manifest) => ({
    ...manifest,
    notAfter: '2030-01-01T00:00:00+23:00',
  })),
  lie('with a sequence that is no number', /sequence/, (manifest) => ({ ...manifest, sequence: '1' })),
  lie('with an endless description', /description/, (manifest) => ({
    ...manifest,
    description: 'x'.repeat(70_000),
  })),
  lie('with an endless version', /version/, (manifest) => ({
    ...manifest,
    target: { ...manifest.target, version: 'x'.repeat(2000) },
  })),
];
