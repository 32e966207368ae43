/** Signatures that prove nothing (FORMAT §7). */
import type { ErrorCode } from '../../../src/errors.ts';
import { signedMessage } from '../../../src/sign/message.ts';
import { sign, stranger } from '../archive.ts';
import { build } from '../archive.ts';
import type { RawPart } from '../zip.ts';
import type { Hostile } from './hostile.ts';

const lie = (
  name: string,
  says: RegExp,
  change: (signatures: readonly RawPart[]) => readonly RawPart[],
  code: ErrorCode = 'E_FORMAT',
): Hostile => ({
  name,
  code,
  says,
  twist: { signatures: change },
});
const data = (bend: (data: Buffer) => Uint8Array) => (signatures: readonly RawPart[]) =>
  signatures.map((one) => ({ ...one, data: bend(Buffer.from(one.data)) }));

/** The same archive with a signature that must be waited for. */
const signedBy = (
  name: string,
  code: ErrorCode,
  says: RegExp,
  make: (manifest: Uint8Array) => Promise<RawPart>,
): Hostile => ({
  name,
  code,
  says,
  build: async () => {
    let manifest: Uint8Array = new Uint8Array();
    await build({ signatures: (signatures, head) => ((manifest = head), signatures) });
    const signature = await make(manifest);
    return build({ signatures: () => [signature] });
  },
});

/** n as the curve's order, which a lenient verifier would reduce: S + L is a second signature of the same message. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
function addOrder(signature: Buffer): Uint8Array {
  let s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const copy = Buffer.from(signature);
  for (let at = 32; at < 64; at++, s >>= 8n) copy[at] = Number(s & 255n);
  return copy;
}

export const signatures: readonly Hostile[] = [
  lie('no signature', /must have signed this patch, but none/, () => [], 'E_UNTRUSTED'),
  lie(
    'a signature under the name of a key that is not trusted',
    /must have signed/,
    ([one]) => [{ ...one!, name: `signatures/${'0'.repeat(32)}` }],
    'E_UNTRUSTED',
  ),
  lie(
    'a signature of nothing but zeros',
    /not valid/,
    data(() => Buffer.alloc(64)),
    'E_SIGNATURE',
  ),
  lie(
    'a signature with one other bit',
    /not valid/,
    data((bytes) => (bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9), bytes)),
    'E_SIGNATURE',
  ),
  lie('a signature that is its own twin', /not valid/, data(addOrder), 'E_SIGNATURE'),
  lie(
    'a signature that is too short',
    /63 bytes instead of 64/,
    data((bytes) => bytes.subarray(1)),
  ),
  lie(
    'a signature of a megabyte',
    /bytes instead of 64/,
    data(() => Buffer.alloc(1 << 20)),
  ),
  lie('two signatures of one key', /repeated or out of order/, ([one]) => [one!, one!]),
  lie('a key id in upper case', /foreign part/, ([one]) => [
    { ...one!, name: one!.name.replace(/[0-9a-f]{32}/, (id) => `A${id.slice(1).toUpperCase()}`) },
  ]),
  lie('a key id that leads out', /foreign part/, ([one]) => [
    { ...one!, name: 'signatures/../../outside/secret' },
  ]),
  lie('a signature of another kind', /foreign part/, ([one]) => [{ ...one!, name: `${one!.name}.none` }]),
  lie('65 signatures', /more than 64 signatures/, () =>
    Array.from({ length: 65 }, (_, at) => ({
      name: `signatures/${String(at).padStart(32, '0')}`,
      data: Buffer.alloc(64),
    })),
  ),
  signedBy('a signature over another manifest', 'E_SIGNATURE', /not valid/, (manifest) =>
    sign(signedMessage(Buffer.concat([manifest, Buffer.from(' ')]))),
  ),
  signedBy('a signature without the line before the manifest', 'E_SIGNATURE', /not valid/, (manifest) =>
    sign(manifest),
  ),
  signedBy("a stranger's signature", 'E_UNTRUSTED', /not trusted/, (manifest) =>
    sign(signedMessage(manifest), stranger),
  ),
  signedBy("a stranger's signature under a trusted name", 'E_SIGNATURE', /not valid/, async (manifest) => ({
    ...(await sign(manifest)),
    data: (await sign(signedMessage(manifest), stranger)).data,
  })),
];
