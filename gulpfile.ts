/**
 * The gulp way: `npm run gulp -- patch`, `apply`, `batch`. A project of your own imports the same things from `gulp-vpa`,
 * `gulp-vpa/plugins` and `gulp-vpa/presets`.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import gulp from 'gulp';
import { release, dateFns, sevenZip } from './examples/applications.ts';
import { makeAll } from './examples/many-versions.ts';
import { applyPatch, createPatch } from './presets/index.ts';
import { ed25519Signer, ed25519Verifier, generateKeyPair, run } from './src/index.ts';

const [from, to] = ['5.1.1', '5.2.0'];

/** A key pair for these tasks, made when it is first needed. A real one stays outside of the build. */
async function keys(): Promise<{ privateKey: string; publicKey: string }> {
  if (!existsSync('patches/key.pem')) {
    const made = generateKeyPair();
    await mkdir('patches', { recursive: true });
    await writeFile('patches/key.pem', made.privateKey, { mode: 0o600 });
    await writeFile('patches/key.pub.pem', made.publicKey);
  }
  const [privateKey, publicKey] = await Promise.all([
    readFile('patches/key.pem', 'utf8'),
    readFile('patches/key.pub.pem', 'utf8'),
  ]);
  return { privateKey, publicKey };
}

/** Makes a signed patch between two releases of 7-Zip, in patches/. */
export async function patch(): Promise<void> {
  const [base, target] = [release(sevenZip, from), release(sevenZip, to)];
  const signers = [ed25519Signer((await keys()).privateKey)];
  const chain = createPatch(sevenZip.application, { base, target, from, to, signers });
  await pipeline([...chain, gulp.dest('patches', { encoding: false })]);
}

/** Applies it to a copy of the older release, in patches/7-Zip. */
export async function apply(): Promise<void> {
  const { path, registry = [] } = release(sevenZip, from);
  await rm('patches/7-Zip', { recursive: true, force: true });
  await cp(path, 'patches/7-Zip', { recursive: true });
  await cp(registry[0] ?? '', 'patches/7-Zip.reg');
  const trust = { keys: [ed25519Verifier((await keys()).publicKey)], threshold: 1 };
  const archive = gulp.src(`patches/*-${from}-${to}.vpa`, { encoding: false, read: false });
  await run([
    archive,
    ...applyPatch({ to: 'patches/7-Zip', registry: ['patches/7-Zip.reg'], trust }, sevenZip.application),
  ]);
}

/** Makes the patches of many version pairs of several applications, in the order of their versions, in parallel. */
export async function batch(): Promise<void> {
  await makeAll([sevenZip, dateFns], 'patches');
}

export default gulp.series(patch, apply);
