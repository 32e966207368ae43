import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ed25519Signer, ed25519Verifier, generateKeyPair, keyIdOf } from '../../src/sign/ed25519.ts';
import { signedMessage } from '../../src/sign/message.ts';
import { needs } from '../contract/needs.ts';
import { signerContract } from '../contract/signer.ts';
import { expectFailure } from '../patch/samples.ts';

const pair = generateKeyPair();
const other = generateKeyPair();

signerContract('an Ed25519 key', () => ({
  signer: ed25519Signer(pair.privateKey),
  verifier: ed25519Verifier(pair.publicKey),
  stranger: ed25519Verifier(other.publicKey),
}));

describe('Ed25519 keys', () => {
  // RFC 8032, section 7.1, TEST 1
  const prefix = { private: '302e020100300506032b657004220420', public: '302a300506032b6570032100' };
  const pem = (label: string, hex: string): string =>
    `-----BEGIN ${label}-----\n${Buffer.from(hex, 'hex').toString('base64')}\n-----END ${label}-----\n`;
  const secret = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const point = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

  it('sign like the vector of RFC 8032', async () => {
    const { keyId, bytes } = await ed25519Signer(pem('PRIVATE KEY', prefix.private + secret)).sign(
      new Uint8Array(),
    );
    expect(Buffer.from(bytes).toString('hex')).to.equal(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
    expect(keyIdOf(pem('PUBLIC KEY', prefix.public + point))).to.equal(keyId);
  });

  it('are made anew every time, and with a passphrase encrypted', async () => {
    expect(keyIdOf(pair.publicKey)).not.to.equal(keyIdOf(other.publicKey));
    const locked = generateKeyPair('secret');
    expect(locked.privateKey).to.contain('ENCRYPTED');
    expect(ed25519Signer(locked.privateKey, 'secret').keyId).to.equal(keyIdOf(locked.publicKey));
    await expectFailure('E_INPUT', /is encrypted/, () => ed25519Signer(locked.privateKey));
    await expectFailure('E_INPUT', /passphrase is wrong|cannot be read/, () =>
      ed25519Signer(locked.privateKey, 'wrong'),
    );
  });

  it("are not used in each other's place", async () => {
    await expectFailure('E_USAGE', /private key where a public one is expected/, () =>
      ed25519Verifier(pair.privateKey),
    );
    await expectFailure('E_USAGE', /private key where/, () =>
      ed25519Verifier(generateKeyPair('x').privateKey),
    );
    await expectFailure('E_INPUT', /no private key but a public key/, () => ed25519Signer(pair.publicKey));
  });

  it('of other kinds are refused by name', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const { publicKey, privateKey } of [rsa, ec]) {
      const kind = new RegExp(`kind ${publicKey.asymmetricKeyType ?? ''};`);
      const open = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const closed = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      await expectFailure('E_INPUT', kind, () => ed25519Verifier(open));
      await expectFailure('E_INPUT', kind, () => ed25519Signer(closed));
    }
  });

  it('that are damaged, doubled or no keys are refused', async () => {
    await expectFailure('E_INPUT', /not a public key in PEM/, () => ed25519Verifier('ssh-ed25519 AAAA'));
    await expectFailure('E_INPUT', /not a private key in PEM/, () => ed25519Signer(''));
    await expectFailure('E_INPUT', /2 keys in one text/, () =>
      ed25519Verifier(pair.publicKey + other.publicKey),
    );
    await expectFailure('E_INPUT', /but a certificate/, () => ed25519Verifier(pem('CERTIFICATE', '00')));
    await expectFailure('E_INPUT', /public key cannot be read/, () =>
      ed25519Verifier(pem('PUBLIC KEY', '00')),
    );
    await expectFailure('E_INPUT', /private key cannot be read/, () =>
      ed25519Signer(pem('PRIVATE KEY', '00')),
    );
  });
});

describe('signed message (FORMAT §7)', () => {
  it('is the domain, a line feed and the manifest', () => {
    expect(Buffer.from(signedMessage(Buffer.from('{}'))).toString()).to.equal('gulp-vpa manifest v1\n{}');
  });

  it('is signed and checked by OpenSSL as by us', async function () {
    needs(this, 'openssl', ['version']);
    const folder = mkdtempSync(join(tmpdir(), 'vpa-'));
    const at = (name: string): string => join(folder, name);
    const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' });
    try {
      const message = signedMessage(Buffer.from('{"format":1}'));
      writeFileSync(at('message'), message);
      const signature = await ed25519Signer(pair.privateKey).sign(message);
      writeFileSync(at('ours.sig'), signature.bytes);
      writeFileSync(at('ours.pem'), pair.publicKey);
      const check = [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        at('ours.pem'),
        '-rawin',
        '-in',
        at('message'),
      ];
      expect(openssl(...check, '-sigfile', at('ours.sig')).toString()).to.contain('Verified Successfully');

      openssl('genpkey', '-algorithm', 'ed25519', '-out', at('key.pem'));
      openssl('pkey', '-in', at('key.pem'), '-pubout', '-out', at('pub.pem'));
      openssl('pkeyutl', '-sign', '-inkey', at('key.pem'), '-rawin', '-in', at('message'), '-out', at('sig'));
      const verifier = ed25519Verifier(readFileSync(at('pub.pem'), 'utf8'));
      const theirs = { keyId: verifier.keyId, algorithm: 'ed25519', bytes: readFileSync(at('sig')) } as const;
      expect(await verifier.verify(message, theirs)).to.equal(true);
      expect(ed25519Signer(readFileSync(at('key.pem'), 'utf8')).keyId).to.equal(verifier.keyId);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
