/** The manifest of a patch, and nothing else of it but its signatures. */
import type { Bytes } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { openArchive, readPart } from '../patch/archive-reader.ts';
import { type Limits, defaultLimits } from '../patch/limits.ts';
import { type Manifest, decodeManifest } from '../patch/manifest.ts';
import { manifestPart, parsePartName } from '../patch/part-names.ts';
import { type Trust, checkSignatures } from '../sign/policy.ts';
import type { Signature } from '../sign/signer.ts';

export interface ReadManifestOptions {
  /** Whose signatures count; nobody's are asked for where it is left out. */
  readonly trust?: Trust;
  readonly limits?: Partial<Limits>;
  readonly now?: Date;
}

/** E_FORMAT, E_UNTRUSTED, E_SIGNATURE, E_VERSION, E_LIMIT, as when it is applied. */
export async function readManifest(
  archive: Bytes,
  { trust, limits: given, now = new Date() }: ReadManifestOptions,
): Promise<Manifest> {
  const limits = { ...defaultLimits, ...given };
  const { parts } = await openArchive(archive, limits);
  let text: Uint8Array = new Uint8Array();
  const signatures: Signature[] = [];
  for (const part of parts) {
    const named = parsePartName(part.name);
    if (part.name === manifestPart) text = await readPart(part, limits.manifest);
    if (named?.kind === 'signature')
      signatures.push({ keyId: named.keyId, algorithm: 'ed25519', bytes: await readPart(part, part.size) });
  }
  // FORMAT §7: who signed is settled before the manifest is looked at.
  if (trust) await checkSignatures(text, signatures, trust);
  const manifest = decodeManifest(text, limits);
  if (manifest.notAfter === undefined || now.getTime() <= Date.parse(manifest.notAfter)) return manifest;
  throw new PatchError('E_UNTRUSTED', `it was not to be applied after ${manifest.notAfter}`);
}
