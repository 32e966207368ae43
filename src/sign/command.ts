/** Signs by a command: for keys in hardware, in an agent, or with a signing service. */
import { spawn } from 'node:child_process';
import { cancelled, PatchError, throwIfCancelled } from '../errors.ts';
import { ed25519Verifier, signatureSize } from './ed25519.ts';
import type { Signature, Signer } from './signer.ts';

export interface CommandOptions {
  /** A command line for the system's shell: the message on stdin, the signature (raw, base64 or hex) from stdout. */
  readonly command: string;
  /** PEM of the public key; what the command says is checked with it. */
  readonly publicKey: string;
}

/**
 * A signer that runs a command. It fails with E_ENVIRONMENT when the command fails, with E_SIGNATURE when what it
 * wrote is not this key's signature of the message, and with E_CANCELLED on abort, which ends the command.
 */
export function commandSigner({ command, publicKey }: CommandOptions): Signer & { readonly keyId: string } {
  if (command.trim() === '') throw new PatchError('E_USAGE', 'the signing command is empty');
  const verifier = ed25519Verifier(publicKey);
  const { keyId } = verifier;
  return {
    keyId,
    sign: async (message, signal) => {
      const bytes = parseSignature(await run(command, message, signal));
      const signature: Signature | null = bytes && { keyId, algorithm: 'ed25519', bytes };
      if (signature !== null && (await verifier.verify(message, signature))) return signature;
      const problem =
        bytes === null ? 'wrote no Ed25519 signature' : `wrote a signature that is not of key ${keyId}`;
      throw new PatchError('E_SIGNATURE', `the signing command ${problem}`, {
        help: 'check which key it uses, and that it signs stdin as it is (pure Ed25519, no hash before)',
      });
    },
  };
}

/** 64 bytes as they are, or in hexadecimal or base64 with any white space; null for anything else. */
function parseSignature(output: Buffer): Uint8Array | null {
  if (output.length === signatureSize) return new Uint8Array(output);
  const text = output.toString('latin1').replace(/\s+/g, '');
  if (/^[0-9a-f]{128}$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  if (/^[A-Za-z0-9+/]{86}==$/.test(text)) return new Uint8Array(Buffer.from(text, 'base64'));
  return null;
}

/** Far more than any form of a signature takes, and than the last line of an error message. */
const outputLimit = 16 * 1024;

/** What the command writes to stdout. */
async function run(command: string, message: Uint8Array, signal: AbortSignal | undefined): Promise<Buffer> {
  throwIfCancelled(signal);
  const child = spawn(command, { shell: true, stdio: 'pipe', windowsHide: true });
  const output: Buffer[] = [];
  let errors = '';
  let size = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const abort = (): void => stop(cancelled(signal?.reason));
    // The shell's own children may survive it and keep the pipes open: we let go of them and do not wait.
    const stop = (error: PatchError): void => {
      signal?.removeEventListener('abort', abort);
      child.kill();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      reject(error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.on('data', (data: Buffer) => {
      output.push(data);
      size += data.length;
      if (size > outputLimit) stop(failure('wrote more than a signature', errors));
    });
    child.stderr.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-outputLimit)));
    // A command that does not read all of its input (EPIPE) may have failed, which its status tells, or not need it.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => stop(failure(`cannot be started: ${error.message}`, '')));
    child.on('close', (status, killer) => {
      signal?.removeEventListener('abort', abort);
      if (status === 0) resolve(Buffer.concat(output));
      else
        reject(
          failure(status === null ? `was ended by ${killer ?? 'a signal'}` : `failed (${status})`, errors),
        );
    });
    child.stdin.end(message);
  });
}

function failure(problem: string, errors: string): PatchError {
  const last = errors.trimEnd().split(/\r?\n/).at(-1)?.trim() ?? '';
  return new PatchError('E_ENVIRONMENT', `the signing command ${problem}${last === '' ? '' : `: ${last}`}`, {
    help: 'run the command by itself with any file as its input',
  });
}
