import { PatchError } from '../../errors.ts';

/** E_FORMAT: the delta breaks a rule of VCDIFF. */
export function malformed(why: string): PatchError {
  return new PatchError('E_FORMAT', `the VCDIFF delta is damaged: ${why}`);
}

/** E_FORMAT: the delta is well-formed, but uses something that we do not decode. */
export function unsupported(what: string, help = 'make the delta again without it'): PatchError {
  return new PatchError('E_FORMAT', `the VCDIFF delta cannot be decoded: ${what} is not supported`, { help });
}
