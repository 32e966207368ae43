/** The numbers that stand for operations and kinds in an encoded delta (FORMAT §6.3.1). */
import type { DeltaRecord } from './delta.ts';
import type { KeyKind } from '../hive.ts';

/** `VRD` and the version. */
export const deltaMagic = Uint8Array.of(0x56, 0x52, 0x44, 0x01);

/** An operation's code is its place in this list, from 1. */
export const operations: readonly DeltaRecord['op'][] = [
  'add-key',
  'remove-key',
  'rename-key',
  'set-kind',
  'add-value',
  'change-value',
  'remove-value',
  'set-link',
  'set-class',
  'set-security',
  'patch-value',
];

/** A kind's code is its place in this list, from 0. */
export const kinds: readonly KeyKind[] = ['key', 'delete-entry', 'opaque'];

/** The largest type number of a value; on the wire it is one more, since 0 stands for a delete entry. */
export const largestType = 0xffff_ffff;
