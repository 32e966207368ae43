/** Who signs, on the command line: keys in files, and commands that hold keys themselves. */
import type { Command } from 'commander';
import { PatchError } from '../errors.ts';
import { commandSigner } from '../sign/command.ts';
import { ed25519Signer } from '../sign/ed25519.ts';
import type { Signer } from '../sign/signer.ts';
import { many } from './common-options.ts';
import { withKeyFile } from './trust-options.ts';

export interface SignerOptions {
  readonly key: readonly string[];
  readonly signer: readonly string[];
  readonly signerKey: readonly string[];
}

/** The passphrase of encrypted private keys is given in the environment, where no list of processes shows it. */
export const passphraseVariable = 'VPA_PASSPHRASE';

export function addSignerOptions(command: Command): Command {
  return command
    .addOption(many('--key <pem>', `private key to sign with; its passphrase is in ${passphraseVariable}`))
    .addOption(many('--signer <command>', 'command that signs what it gets on stdin'))
    .addOption(many('--signer-key <pem>', 'public key of the signing command (one for each)'));
}

export function readSigners({ key, signer, signerKey }: SignerOptions): (Signer & { keyId: string })[] {
  if (signer.length !== signerKey.length) {
    throw new PatchError(
      'E_USAGE',
      'each signing command needs its public key, and each of these a command',
      {
        help: 'give --signer and --signer-key in pairs',
      },
    );
  }
  return [
    ...key.map((path) => withKeyFile(path, (pem) => ed25519Signer(pem, passphrase()))),
    ...signer.map((command, at) =>
      withKeyFile(signerKey[at] ?? '', (publicKey) => commandSigner({ command, publicKey })),
    ),
  ];
}

export function passphrase(): string | undefined {
  return process.env[passphraseVariable] || undefined;
}
