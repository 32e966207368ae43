/** `vpa sign FILE --key PEM`: adds signatures to a patch. */
import { openFile } from '../layer/file-bytes.ts';
import type { Command } from 'commander';
import { PatchError } from '../errors.ts';
import { type ArchivePart, openArchive, readPart } from '../patch/archive-reader.ts';
import { writeArchive } from '../patch/archive-writer.ts';
import { manifestPart, parseSignaturePart, signaturePart } from '../patch/part-names.ts';
import { signedMessage } from '../sign/message.ts';
import { writeWhole } from '../store/write-whole.ts';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { printable } from './printable.ts';
import { readPatch, unchecked } from './read-patch.ts';
import { withSession } from './session.ts';
import { type SignerOptions, addSignerOptions, readSigners } from './signer-options.ts';

type SignOptions = CommonOptions & SignerOptions;

const examples = `
The file is replaced as a whole; all of it but the signatures stays byte for byte as it is.

Examples:
  $ vpa sign notes-1.1.0.vpa --key acme.pem
  $ vpa sign notes-1.1.0.vpa --key acme.pem --key audit.pem
  $ vpa sign notes-1.1.0.vpa --signer 'hsm-sign --slot 1' --signer-key hsm.pub.pem`;

export function sign(command: Command): void {
  command.description('Adds signatures to a patch.').argument('<file>', 'the patch');
  addSignerOptions(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, options: SignOptions) => {
      await withSession(options, async (session) => {
        const signers = readSigners(options);
        if (signers.length === 0) {
          throw new PatchError('E_USAGE', 'there is nobody to sign', {
            help: 'give a private key (--key), or a signing command (--signer, --signer-key)',
          });
        }
        // Every digest is compared first: nobody should sign what is damaged.
        await readPatch(session, file, { ...unchecked, whole: true });
        const { parts } = await openArchive(openFile(file));
        const signatures = await signaturesIn(parts);
        const added: string[] = [];
        const message = signedMessage(await partOf(parts, manifestPart));
        for (const signer of signers) {
          const { keyId, bytes } = await signer.sign(message, session.signal);
          const there = signatures.get(keyId);
          if (there && Buffer.compare(there, bytes) === 0) continue;
          signatures.set(keyId, bytes);
          added.push(keyId);
        }
        if (added.length > 0) {
          await writeWhole(file, writeArchive(withSignatures(parts, signatures)), session.signal);
          session.tooLate();
        }
        const status = added.length > 0 ? 'signed' : 'unchanged';
        const all = [...signatures.keys()].sort();
        const document = {
          status,
          added,
          signatures: all.map((keyId) => ({ keyId, algorithm: 'ed25519' })),
          notices: session.notes,
        };
        session.print(document, () => [
          added.length > 0
            ? `signed ${printable(file)} by ${added.join(', ')}`
            : `${printable(file)} has these signatures already: nothing was changed`,
          `  all signatures: ${all.join(', ')}`,
        ]);
      });
    });
}

/** Ed25519 signs one message in one way only, so an equal signature is the same. */
async function signaturesIn(parts: readonly ArchivePart[]): Promise<Map<string, Uint8Array>> {
  const signatures = new Map<string, Uint8Array>();
  for (const part of parts) {
    const keyId = parseSignaturePart(part.name);
    if (keyId !== null) signatures.set(keyId, await readPart(part, part.size));
  }
  return signatures;
}

async function partOf(parts: readonly ArchivePart[], name: string): Promise<Uint8Array> {
  const part = parts.find((one) => one.name === name);
  if (!part) throw new PatchError('E_FORMAT', `the patch has no part '${name}'`);
  return readPart(part, part.size);
}

/** All parts as they are, with these signatures behind the manifest. */
async function* withSignatures(
  parts: readonly ArchivePart[],
  signatures: ReadonlyMap<string, Uint8Array>,
): AsyncGenerator<{ name: string; data: Uint8Array }> {
  for (const part of parts) {
    if (parseSignaturePart(part.name) !== null) continue;
    yield { name: part.name, data: await readPart(part, part.size) };
    if (part.name !== manifestPart) continue;
    for (const [keyId, data] of [...signatures].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield { name: signaturePart(keyId), data };
    }
  }
}
