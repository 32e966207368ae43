/** `vpa keygen -o NAME`: makes a key pair. */
import { lstatSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { PatchError, fromSystem, systemCode } from '../errors.ts';
import { generateKeyPair, keyIdOf } from '../sign/keys.ts';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { printable } from './printable.ts';
import { withSession } from './session.ts';
import { passphrase, passphraseVariable } from './signer-options.ts';
import { table } from './table.ts';

interface KeygenOptions extends CommonOptions {
  readonly output: string;
}

const examples = `
The private key is encrypted where ${passphraseVariable} is set. Whoever has it can sign in your name.

Examples:
  $ vpa keygen -o acme
  $ ${passphraseVariable}="$(cat secret)" vpa keygen -o keys/release`;

export function keygen(command: Command): void {
  command
    .description(
      'Makes an Ed25519 key pair: NAME.pem to sign with, NAME.pub.pem to give to those who trust it.',
    )
    .requiredOption('-o, --output <name>', 'path of both files, without .pem');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (options: KeygenOptions) => {
      await withSession(options, async (session) => {
        const [privatePath, publicPath] = [`${options.output}.pem`, `${options.output}.pub.pem`];
        for (const path of [privatePath, publicPath]) {
          if (lstatSync(path, { throwIfNoEntry: false })) throw isThere(path);
        }
        const { privateKey, publicKey } = generateKeyPair(passphrase());
        writeNew(privatePath, privateKey, 0o600);
        writeNew(publicPath, publicKey, 0o644);
        const keyId = keyIdOf(publicKey);
        const encrypted = passphrase() !== undefined;
        session.print({ keyId, privateKey: privatePath, publicKey: publicPath, encrypted }, () => [
          `key ${keyId}`,
          ...table([
            ['private', printable(privatePath), encrypted ? 'encrypted; keep it secret' : 'keep it secret'],
            ['public', printable(publicPath), 'give it to those who apply your patches'],
          ]),
        ]);
      });
    });
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode });
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? isThere(path) : fromSystem(error, 'write', path);
  }
}

function isThere(path: string): PatchError {
  return new PatchError('E_CONFLICT', `${path}: is there already, and keys are never overwritten`, {
    entry: path,
    help: 'give another name (-o)',
  });
}
