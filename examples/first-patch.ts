/**
 * Makes a patch between two real releases of 7-Zip, applies it to a copy of the older one, and shows what it saved.
 * Run it with `npm run demo`.
 */
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, deploy, normalize } from '../plugins/index.ts';
import { applyPatch, createPatch, windows } from '../presets/index.ts';
import {
  type Change,
  ed25519Signer,
  ed25519Verifier,
  generateKeyPair,
  isChange,
  openArchiveFile,
  run,
} from '../src/index.ts';
import { release, sevenZip } from './applications.ts';

const [from, to] = ['5.1.1', '5.2.0'];
const folder = await mkdtemp(join(tmpdir(), 'first-patch-'));
try {
  const keys = generateKeyPair();
  const file = join(folder, `7zip-${from}-${to}.vpa`);
  const [base, target] = [release(sevenZip, from), release(sevenZip, to)];

  // 1. Make it: compare the two releases, pack what differs, sign it.
  const begun = performance.now();
  const chain = createPatch(sevenZip.application, {
    base,
    target,
    from,
    to,
    signers: [ed25519Signer(keys.privateKey)],
  });
  await run([...chain, deploy({ file })]);
  const created = performance.now();

  // 2. Apply it to a copy of the older release, as a user's machine has it.
  const here = join(folder, '7-Zip');
  const registry = join(folder, '7-Zip.reg');
  await cp(base.path, here, { recursive: true });
  await cp(base.registry?.[0] ?? '', registry);
  const changes: Change[] = [];
  await run(
    [
      openArchiveFile(file),
      ...applyPatch({
        to: here,
        registry: [registry],
        trust: { keys: [ed25519Verifier(keys.publicKey)], threshold: 1 },
      }),
    ],
    {
      onFile: (one) => {
        if (isChange(one)) changes.push(one.change);
      },
    },
  );
  const applied = performance.now();

  // 3. Compare the copy with the newer release: nothing may differ, neither in files nor in the registry, but for what
  // the preset calls volatile: the day on which it was installed stays what it was on this machine.
  let differences = 0;
  await run([capture({ base: { path: here, registry: [registry] }, target }), normalize(windows)], {
    onFile: (one) => {
      if (isChange(one)) differences++;
    },
  });
  if (differences > 0) throw new Error(`${differences} entries differ from the release`);

  const size = (await stat(file)).size;
  const whole = changes.reduce((sum, { after }) => sum + (after && 'size' in after ? after.size : 0), 0);
  const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(
    `7-Zip ${from} → ${to} (npm release 7zip-bin, Windows, macOS and Linux programs, and its registry)`,
  );
  console.log(`  changed entries  ${changes.length}, together ${kB(whole)}`);
  console.log(`  the patch        ${kB(size)}, ${((size / whole) * 100).toFixed(1)} % of them, signed`);
  console.log(
    `  made in ${((created - begun) / 1000).toFixed(1)} s, applied and verified in ${((applied - created) / 1000).toFixed(1)} s`,
  );
  console.log(`  the patched copy is the release ${to}, byte for byte: files, modes and registry`);
  console.log(`  (${(await readFile(file)).subarray(0, 2).toString()} file: unzip -l lists it)`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
