import { expect } from 'chai';
import { ed25519Signer, ed25519Verifier, generateKeyPair } from '../../src/sign/ed25519.ts';
import { signedMessage } from '../../src/sign/message.ts';
import { checkSignatures } from '../../src/sign/policy.ts';
import type { Signature } from '../../src/sign/signer.ts';
import { expectFailure, failure } from '../patch/samples.ts';

const manifest = Buffer.from('{"format":1}');
const people = Array.from({ length: 3 }, () => {
  const pair = generateKeyPair();
  return { signer: ed25519Signer(pair.privateKey), verifier: ed25519Verifier(pair.publicKey) };
});
const keys = people.map(({ verifier }) => verifier);
const [a, b, c] = keys.map(({ keyId }) => keyId) as [string, string, string];
const signaturesOf = (...who: number[]): Promise<Signature[]> =>
  Promise.all(who.map((at) => people[at]!.signer.sign(signedMessage(manifest))));

describe('signature policy (FORMAT §7)', () => {
  it('gives the keys that count', async () => {
    const check = async (who: number[], threshold: number, trusted = keys): Promise<readonly string[]> =>
      checkSignatures(manifest, await signaturesOf(...who), { keys: trusted, threshold });
    expect(await check([0], 1)).to.deep.equal([a]);
    expect(await check([2, 0, 1], 2)).to.deep.equal([a, b, c].sort());
    expect(await check([0, 1], 1, keys.slice(0, 1))).to.deep.equal([a]);
  });

  it('counts a key once, however often it signs or is trusted', async () => {
    const twice = await signaturesOf(0, 0);
    await expectFailure('E_UNTRUSTED', /1 missing/, () =>
      checkSignatures(manifest, twice, { keys, threshold: 2 }),
    );
    const same = { keys: [keys[0]!, keys[0]!], threshold: 2 };
    await expectFailure('E_USAGE', /1 trusted keys/, () => checkSignatures(manifest, twice, same));
  });

  it('says who signed and how many are missing', async () => {
    const signatures = await signaturesOf(0, 2);
    const error = await failure(() =>
      checkSignatures(manifest, signatures, { keys: keys.slice(0, 2), threshold: 2 }),
    );
    expect(error.code).to.equal('E_UNTRUSTED');
    expect(error.message).to.contain(`only ${a} did (1 missing)`).and.contain(`not trusted: ${c}`);
    await expectFailure('E_UNTRUSTED', /none of them did \(1 missing\)$/, () =>
      checkSignatures(manifest, [], { keys, threshold: 1 }),
    );
  });

  it('refuses an invalid signature of a trusted key even where others suffice', async () => {
    const [good, bad] = (await signaturesOf(0, 1)) as [Signature, Signature];
    const forged = { ...bad, bytes: good.bytes };
    await expectFailure('E_SIGNATURE', new RegExp(b), () =>
      checkSignatures(manifest, [good, forged], { keys, threshold: 1 }),
    );
    const other = Buffer.from('{"format":2}');
    await expectFailure('E_SIGNATURE', new RegExp(a), () =>
      checkSignatures(other, [good], { keys, threshold: 1 }),
    );
    // In the name of a key that nobody trusts, it is nothing at all.
    expect(
      await checkSignatures(manifest, [good, forged], { keys: keys.slice(0, 1), threshold: 1 }),
    ).to.deep.equal([a]);
  });

  it('refuses a policy that makes no sense', async () => {
    const signatures = await signaturesOf(0, 1, 2);
    for (const threshold of [0, -1, 4, 1.5, NaN]) {
      await expectFailure('E_USAGE', /trusted keys/, () =>
        checkSignatures(manifest, signatures, { keys, threshold }),
      );
    }
    await expectFailure('E_USAGE', /no trusted key/, () =>
      checkSignatures(manifest, [], { keys: [], threshold: 0 }),
    );
  });
});
