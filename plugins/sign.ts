/** sign: the manifest → the manifest, then a detached signature of each signer. May stand in a chain many times. */
import { signedMessage } from '../src/sign/message.ts';
import type { Signer } from '../src/sign/signer.ts';
import { contentsOf, isManifest, signatureFile } from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface SignOptions {
  readonly signers: readonly Signer[];
}

export const sign = ({ signers }: SignOptions): Stage =>
  stage('sign', async function* (files, { signal, notice }) {
    for await (const file of files) {
      yield file;
      if (!isManifest(file)) continue;
      if (signers.length === 0) {
        notice({ code: 'unsigned', message: 'the patch is not signed: no key was given' });
      }
      const message = signedMessage(await contentsOf(file));
      for (const signer of signers) {
        yield signatureFile(await signer.sign(message, signal));
      }
    }
  });
