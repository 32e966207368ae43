import { PatchError } from '../../errors.ts';

const headerSize = 20;
const SE_SELF_RELATIVE = 0x8000;

/**
 * Refuses with E_FORMAT what is no self-relative security descriptor (MS-DTYP §2.4.6), since Windows does not
 * load a hive with one in it as it is. Only its header is looked at: what is behind it is content, and never ours to judge.
 */
export function checkSecurity(descriptor: Uint8Array, of: () => string): void {
  const control = (descriptor[2] ?? 0) | ((descriptor[3] ?? 0) << 8);
  const revision = descriptor[0];
  if (descriptor.length >= headerSize && revision === 1 && (control & SE_SELF_RELATIVE) !== 0) return;
  throw new PatchError('E_FORMAT', `${of()}: not a self-relative security descriptor`, {
    entry: of(),
    help: 'drop the descriptor, and the key gets the default one',
  });
}
