// Puts the compiled command into few files: finding hundreds of modules takes several times as long as running them.
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const out = resolve(dist, 'cli');

/** Modules that are found by their address (kernels, the worker) stay where the compiler has put them. */
const addresses = {
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(dist)) return null;
      const from = relative(out, path).split(sep).join('/');
      const address = `new URL(${JSON.stringify(from)}, import.meta.url).href`;
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', address) };
    });
  },
};

await build({
  entryPoints: [resolve(dist, 'src/cli/vpa.js')],
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // They load files of their own.
  external: ['piscina', 'jiti', 'xdelta3-wasm'],
  // Of packages that are CommonJS.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
  legalComments: 'external',
  plugins: [addresses],
  logLevel: 'warning',
});
