/** One difference between two states. The same record serves a vinyl file and the patch's index (FORMAT §5). */
import type { Digest } from '../bytes.ts';
import type { Meta } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';

/** A base entry, other than the change's own, that its payload is coded against. */
export interface Reference {
  readonly name: EntryName;
  readonly size: number;
  readonly digest: Digest;
}

export type Change = {
  readonly name: EntryName;
  /**
   * How the payload became what it is, first step first (`['xdelta3/1']`); `apply` undoes it from the right.
   * Empty: the payload is the whole content. `copy/1` alone: the content is the reference's, and there is no payload.
   */
  readonly encoding: readonly string[];
  /** What a coded payload is coded against; absent where that is the entry's own content before. */
  readonly reference?: Reference;
  /** The group that the content is coded in, by number; then there is no encoding, reference or payload here. */
  readonly group?: number;
  /** Size of the payload in bytes before compression into frames; 0 where there is none. */
  readonly payload: number;
} & (
  | { readonly kind: 'add'; readonly before: null; readonly after: Meta }
  | { readonly kind: 'modify'; readonly before: Meta; readonly after: Meta }
  /** The file `from` vanishes and comes back as `name`, with the same content. */
  | { readonly kind: 'move'; readonly from: EntryName; readonly before: Meta; readonly after: Meta }
  | { readonly kind: 'remove'; readonly before: Meta; readonly after: null }
);

export type ChangeKind = Change['kind'];

/** The encoding of a change whose content is its reference's, byte for byte. */
export const copyEncoding = 'copy/1';

/** Whether only the mode of a file changes: its content stays where it is. */
export function isOwnCopy({ encoding, reference, before }: Change): boolean {
  return encoding[0] === copyEncoding && !reference && before !== null;
}
