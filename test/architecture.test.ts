/** ARCHITECTURE.md, "Who may import whom": read from the import lines, so that a wrong arrow fails here. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..');
const basis = ['src/errors', 'src/bytes', 'src/spool', 'src/growing'];
const ports = ['src/delta', 'src/compress', 'src/sign', 'src/exec'];
const domain = ['src/registry', 'src/layer', 'src/patch'];
const core = [...basis, ...ports, ...domain, 'src/store', 'src/stream'];

/** Part of the house → the parts that it may import, beside itself. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'src/errors': [],
  'src/bytes': ['src/errors'],
  'src/spool': ['src/errors', 'src/bytes'],
  'src/growing': ['src/bytes'],
  'src/registry': basis,
  'src/layer': [...basis, 'src/registry'],
  'src/exec': basis,
  'src/compress': basis,
  'src/sign': basis,
  'src/delta': [...basis, 'src/exec', 'src/compress'],
  'src/patch': [...basis, 'src/registry', 'src/layer', 'src/delta', 'src/compress'],
  'src/store': [...basis, ...domain],
  'src/stream': [...basis, ...domain, 'src/sign', 'src/delta'],
  'src/index': core,
  plugins: core,
  presets: [...core, 'plugins'],
  'src/cli': [...core, 'src/index', 'plugins', 'presets'],
};

/** Packages that only some parts may know. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  vinyl: ['src/stream', 'plugins', 'src/cli'],
  through2: ['src/stream'],
  gulp: [],
  archiver: ['src/patch', 'src/layer'],
  'xdelta3-wasm': ['src/delta'],
  commander: ['src/cli'],
  picocolors: ['src/cli'],
  jiti: ['src/cli'],
};

/** Files of the pure domain that touch the disk; law 5 wants them few and named. */
const onDisk = [
  'src/layer/directory-layer.ts',
  'src/layer/file-bytes.ts',
  'src/layer/open-layer.ts',
  'src/layer/read-files.ts',
  'src/layer/walk.ts',
  'src/spool.ts',
];
const pure = [
  'src/registry',
  'src/layer',
  'src/patch',
  'src/delta',
  'src/compress',
  'src/stream',
  'src/spool',
  'src/growing',
  'src/bytes',
];

interface Import {
  readonly file: string;
  readonly from: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).split(sep).join('/'));
}

/** `src/layer/name.ts` → `src/layer`; `src/bytes.ts` → `src/bytes`; `plugins/sign.ts` → `plugins`. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? `src/${second.replace(/\.ts$/, '')}` : top;
}

const files = ['src', 'plugins', 'presets'].flatMap(sources);
const imports = files.flatMap((file): Import[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:^|\n)(?:import|export)\b[^;]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'/g);
  return [...found].map((match) => ({ file, from: match[1] ?? match[2] ?? '' }));
});

describe('architecture', () => {
  it('reads the imports of the whole house', () => {
    expect(files.length).to.be.greaterThan(80);
    expect(imports.length).to.be.greaterThan(300);
  });

  it('has no arrow that ARCHITECTURE.md does not have', () => {
    const wrong = imports.flatMap(({ file, from }) => {
      if (!from.startsWith('.')) return [];
      const [mine, other] = [
        partOf(file),
        partOf(
          relative(root, join(root, dirname(file), from))
            .split(sep)
            .join('/'),
        ),
      ];
      return mine === other || arrows[mine]?.includes(other) === true ? [] : [`${file} imports ${other}`];
    });
    expect(wrong).to.deep.equal([]);
  });

  it('keeps packages where they belong', () => {
    const wrong = imports.filter(({ file, from }) => {
      const allowed = reserved[from];
      return allowed !== undefined && !allowed.includes(partOf(file));
    });
    expect(wrong).to.deep.equal([]);
  });

  it('touches the disk in named files of the domain only', () => {
    const touching = imports
      .filter(({ file, from }) => /^node:fs(\/promises)?$/.test(from) && pure.includes(partOf(file)))
      .map(({ file }) => file);
    expect([...new Set(touching)].sort()).to.deep.equal([...onDisk].sort());
  });

  it('keeps every file under 300 lines, and most of them short', () => {
    const lengths = files
      .map((file) => readFileSync(join(root, file), 'utf8').split('\n').length)
      .sort((a, b) => a - b);
    expect(lengths.at(-1)).to.be.at.most(300);
    expect(lengths[Math.floor(lengths.length / 2)]).to.be.at.most(90);
  });
});
