// Compiles the kernels and puts them into a module, so that they load alike from the sources, from dist, and in a worker.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const files = new Map();
const options = [
  '--runtime',
  'stub',
  '-O3',
  '--noAssert',
  '--enable',
  'simd',
  '--importMemory',
  '--initialMemory',
  '1',
];
const { error, stderr } = await main([here('index.ts'), '--outFile', 'kernels.wasm', ...options], {
  writeFile: (name, contents) => void files.set(name, contents),
});
if (error) throw new Error(stderr.toString(), { cause: error });
const text = Buffer.from(files.get('kernels.wasm')).toString('base64');
writeFileSync(
  here('../kernel-binary.ts'),
  `/** Made by assembly/compile.mjs (npm run kernels): the kernels as WebAssembly, in base64. */\nexport const kernelBinary =\n  '${text}';\n`,
);
