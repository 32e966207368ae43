/**
 * Lines and branches that the tests reach: compiles everything, since coverage over a loader counts wrongly, and runs the suites
 * that do not start the command or read sources. `npm run coverage`; a report is in coverage/.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const build = '.coverage-build';
const run = (program, ...args) => {
  const { status } = spawnSync(process.execPath, [join('node_modules', program), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      VPA_TEST_DATA: process.env.VPA_TEST_DATA ?? join(process.cwd(), '..', 'shared', 'data'),
    },
  });
  return status ?? 1;
};

rmSync(build, { recursive: true, force: true });
if (run('typescript/bin/tsc', '-p', 'tsconfig.coverage.json') !== 0) process.exit(1);
for (const path of ['package.json', 'test/fixtures/v1', 'examples/registry']) {
  cpSync(path, join(build, path), { recursive: true });
}
symlinkSync(join('..', 'node_modules'), join(build, 'node_modules'), 'junction');
const parts = ['src', 'plugins', 'presets'].flatMap((part) => ['--include', `${build}/${part}/**`]);
const suites = '{registry,delta,patch,sign,compress,layer,stream,plugins}';
process.exitCode = run(
  'c8/bin/c8.js',
  ...['--all', '--src', build, ...parts, '--exclude', `${build}/src/cli/**`],
  ...['--reporter', 'text-summary', '--reporter', 'html'],
  ...[
    process.execPath,
    'node_modules/mocha/bin/mocha.js',
    '--no-config',
    '--timeout',
    '120000',
    '--reporter',
    'dot',
  ],
  ...['--ignore', `${build}/test/layer/walk.test.js`],
  `${build}/test/${suites}/**/*.test.js`,
);
