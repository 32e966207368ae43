/** Both directions of `registry/1` (FORMAT §6.3.1); each is a file of its own, since only one of them meets hostile bytes. */
export { decodeDelta } from './decode-delta.ts';
export { encodeDelta } from './encode-delta.ts';
