/** Whom to believe, on the command line. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { VerifyOptions } from '../../plugins/index.ts';
import { PatchError, fromSystem, isPatchError } from '../errors.ts';
import { ed25519Verifier } from '../sign/ed25519.ts';
import { assertTrust } from '../sign/policy.ts';
import { many, wholeNumber } from './common-options.ts';

export interface TrustOptions {
  readonly trust: readonly string[];
  readonly threshold?: number;
  readonly allowUnsigned?: boolean;
}

export function addTrustOptions(command: Command): Command {
  return command
    .addOption(many('--trust <pem>', 'public key whose signature counts'))
    .option('--threshold <count>', 'how many trusted keys must have signed (default: 1)', wholeNumber(1))
    .option('--allow-unsigned', 'go on without any trusted key');
}

export function readTrust({ trust, threshold, allowUnsigned = false }: TrustOptions): VerifyOptions {
  if (trust.length === 0) {
    if (threshold === undefined) return { allowUnsigned };
    throw new PatchError('E_USAGE', 'a threshold needs keys that are trusted', {
      help: 'name the public keys that you trust (--trust)',
    });
  }
  const policy = {
    keys: trust.map((path) => withKeyFile(path, ed25519Verifier)),
    threshold: threshold ?? 1,
  };
  assertTrust(policy);
  return { trust: policy };
}

/** Reads a key's file and makes something of it; errors name the file. */
export function withKeyFile<Result>(path: string, make: (pem: string) => Result): Result {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  try {
    return make(pem);
  } catch (error) {
    if (!isPatchError(error)) throw error;
    const { code, message, help } = error;
    throw new PatchError(code, `${path}: ${message}`, {
      entry: path,
      ...(help !== undefined && { help }),
      cause: error,
    });
  }
}
