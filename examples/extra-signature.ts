/**
 * A third party's stage in a release pipeline: a notary that counter-signs every manifest. Whoever applies the patch
 * asks for both signatures. Nothing of gulp-vpa has to know of it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import gulp from 'gulp';
import { applyPatch, createPatch } from '../presets/index.ts';
import {
  after,
  contentsOf,
  ed25519Signer,
  ed25519Verifier,
  generateKeyPair,
  isManifest,
  openArchiveFile,
  run,
  signatureFile,
  signedMessage,
  stage,
} from '../src/index.ts';
import { release, sevenZip } from './applications.ts';

const vendor = generateKeyPair();
const notary = generateKeyPair();

const countersign = () =>
  stage('countersign', async function* (files) {
    for await (const file of files) {
      yield file;
      if (!isManifest(file)) continue;
      const message = signedMessage(await contentsOf(file));
      yield signatureFile(await ed25519Signer(notary.privateKey).sign(message));
    }
  });

const folder = await mkdtemp(join(tmpdir(), 'extra-signature-'));
try {
  const [base, target] = [release(sevenZip, '5.0.3'), release(sevenZip, '5.1.1')];
  const options = { base, target, from: '5.0.3', to: '5.1.1', signers: [ed25519Signer(vendor.privateKey)] };
  const chain = createPatch(sevenZip.application, options);
  await pipeline([...after('sign', chain, countersign()), gulp.dest(folder, { encoding: false })]);

  const trust = {
    keys: [ed25519Verifier(vendor.publicKey), ed25519Verifier(notary.publicKey)],
    threshold: 2,
  };
  const file = join(folder, 'org.7-zip.standalone-5.0.3-5.1.1.vpa');
  const out = join(folder, '5.1.1');
  await run([openArchiveFile(file), ...applyPatch({ to: base.path, ...base, out, trust })]);
  console.log('the patch has two signatures, and both were asked for before it was applied');
} finally {
  await rm(folder, { recursive: true, force: true });
}
