import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandSigner } from '../../src/sign/command.ts';
import { ed25519Verifier, generateKeyPair } from '../../src/sign/ed25519.ts';
import { needs } from '../contract/needs.ts';
import { signerContract } from '../contract/signer.ts';
import { expectFailure } from '../patch/samples.ts';

const pair = generateKeyPair();
const other = generateKeyPair();
const { publicKey } = pair;
const message = Buffer.from('message');
let folder: string;

/** A command line that runs this text by Node, which there is on every system. */
function script(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return `"${process.execPath}" "${path}"`;
}

/** A command that signs stdin and writes the signature as `form` says. */
const signing = (form: string, key = pair.privateKey): string =>
  script(
    `sign-${form.length}`,
    `import { sign } from 'node:crypto'; import { readFileSync } from 'node:fs';
     const signature = sign(null, readFileSync(0), ${JSON.stringify(key)});
     process.stdout.write(${form});`,
  );

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'vpa sign-'));
});
after(() => rmSync(folder, { recursive: true }));

signerContract('a command', () => ({
  signer: commandSigner({ command: signing('signature'), publicKey }),
  verifier: ed25519Verifier(publicKey),
  stranger: ed25519Verifier(other.publicKey),
}));

describe('signing command', () => {
  const sign = (command: string, signal?: AbortSignal) =>
    commandSigner({ command, publicKey }).sign(message, signal);

  it('may write the signature in base64 or hexadecimal', async () => {
    const verifier = ed25519Verifier(publicKey);
    for (const form of [
      `signature.toString('base64') + '\\n'`,
      `signature.toString('base64').replace(/(.{64})/, '$1\\r\\n')`,
      `' ' + signature.toString('hex').toUpperCase() + '\\n'`,
    ]) {
      expect(await verifier.verify(message, await sign(signing(form)))).to.equal(true);
    }
  });

  it('is not believed when it uses another key, or writes something else', async () => {
    await expectFailure('E_SIGNATURE', /not of key [0-9a-f]{32}$/, () =>
      sign(signing('signature', other.privateKey)),
    );
    await expectFailure('E_SIGNATURE', /no Ed25519 signature/, () => sign(signing(`'thank you'`)));
    await expectFailure('E_SIGNATURE', /no Ed25519 signature/, () => sign(signing(`''`)));
    await expectFailure('E_ENVIRONMENT', /more than a signature/, () => sign(signing(`'x'.repeat(1 << 20)`)));
  });

  it("fails with the last line of the command's errors", () =>
    expectFailure('E_ENVIRONMENT', /^the signing command failed \(3\): no such slot$/, () =>
      sign(script('fails', `console.error('trying\\nno such slot\\n'); process.exitCode = 3;`)),
    ));

  it('fails when there is no such command', () =>
    expectFailure('E_ENVIRONMENT', /failed \(\d+\)/, () => sign('no-such-command-anywhere')));

  it('need not read its input', async () => {
    const command = script('deaf', 'process.exit(0);');
    const signer = commandSigner({ command, publicKey });
    await expectFailure('E_SIGNATURE', /no Ed25519/, () => signer.sign(new Uint8Array(4 << 20)));
  });

  it('is ended on abort', async () => {
    const start = Date.now();
    const command = script('waits', 'setTimeout(() => undefined, 20_000);');
    await expectFailure('E_CANCELLED', /cancelled/, () => sign(command, AbortSignal.timeout(300)));
    expect(Date.now() - start).to.be.below(5000);
  });

  it('has to be given', async () => {
    await expectFailure('E_USAGE', /empty/, () => commandSigner({ command: ' ', publicKey }));
    await expectFailure('E_USAGE', /private key/, () =>
      commandSigner({ command: 'x', publicKey: pair.privateKey }),
    );
  });

  it('can be openssl', async function () {
    needs(this, 'openssl', ['version']);
    const key = join(folder, 'key.pem');
    writeFileSync(key, pair.privateKey);
    expect(execFileSync('openssl', ['pkey', '-in', key, '-pubout'], { encoding: 'utf8' })).to.equal(
      publicKey,
    );
    // pkeyutl has to know the size of its input before, which a pipe does not tell.
    if (process.platform === 'win32') return;
    const input = join(folder, 'input');
    await sign(`cat > "${input}" && openssl pkeyutl -sign -inkey "${key}" -rawin -in "${input}" | base64`);
  });
});
