/** The suite that every signer and verifier has to pass (src/sign/signer.ts). */
import { expect } from 'chai';
import { isPatchError } from '../../src/errors.ts';
import type { Signature, Signer, Verifier } from '../../src/sign/signer.ts';

export interface SignerSubject {
  readonly signer: Signer;
  /** Trusts the signer's key. */
  readonly verifier: Verifier;
  /** Trusts another key. */
  readonly stranger: Verifier;
}

/** `make` is called once for the suite. */
export function signerContract(name: string, make: () => SignerSubject | Promise<SignerSubject>): void {
  describe(`${name} as a signer`, () => {
    let subject: SignerSubject;
    let signature: Signature;
    const message = Buffer.from('gulp-vpa manifest v1\n{}');
    before(async () => {
      subject = await make();
      signature = await subject.signer.sign(message);
    });

    it('signs in the name of its key', async () => {
      expect(signature.keyId)
        .to.match(/^[0-9a-f]{32}$/)
        .and.to.equal(subject.verifier.keyId);
      expect(signature.algorithm).to.equal('ed25519');
      expect(signature.bytes.length).to.equal(64);
      expect(await subject.verifier.verify(message, signature)).to.equal(true);
    });

    it('signs an empty and a large message', async () => {
      for (const other of [new Uint8Array(), new Uint8Array(1 << 20)]) {
        const made = await subject.signer.sign(other);
        expect(await subject.verifier.verify(other, made)).to.equal(true);
        expect(await subject.verifier.verify(message, made)).to.equal(false);
      }
    });

    it('is not believed by another key, whatever name the signature has', async () => {
      const { stranger } = subject;
      expect(stranger.keyId).not.to.equal(signature.keyId);
      expect(await stranger.verify(message, signature)).to.equal(false);
      expect(await stranger.verify(message, { ...signature, keyId: stranger.keyId })).to.equal(false);
    });

    it('has every changed bit of the signature seen', async () => {
      for (let bit = 0; bit < 512; bit++) {
        const bytes = Uint8Array.from(signature.bytes);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(await subject.verifier.verify(message, { ...signature, bytes }), `bit ${bit}`).to.equal(false);
      }
    });

    it('gets false, and no error, for what is no signature', async () => {
      for (const size of [0, 1, 63, 65, 1000]) {
        const bytes = new Uint8Array(size);
        expect(await subject.verifier.verify(message, { ...signature, bytes })).to.equal(false);
      }
      const other = { ...signature, algorithm: 'rsa' } as unknown as Signature;
      expect(await subject.verifier.verify(message, other)).to.equal(false);
    });

    it('does not start when it is cancelled', async () => {
      let error: unknown;
      await subject.signer.sign(message, AbortSignal.abort()).catch((reason: unknown) => (error = reason));
      expect(isPatchError(error) && error.code).to.equal('E_CANCELLED');
    });
  });
}
