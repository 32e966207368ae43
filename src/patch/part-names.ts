/** Names and order of an archive's parts, that is, of the zip's entries (FORMAT §2). */
import { PatchError } from '../errors.ts';

export const manifestPart = 'manifest.json';
export const indexPart = 'index';

/** The part of frame number `frame`, counted from 0. */
export function framePart(frame: number): string {
  return `frames/${String(frame).padStart(6, '0')}`;
}

/** The part of the Ed25519 signature of the key with that id. */
export function signaturePart(keyId: string): string {
  return `signatures/${keyId}`;
}

/** FORMAT §7. */
export const maxSignatures = 64;

/** What a part is. */
export type Part =
  | { readonly kind: 'manifest' }
  | { readonly kind: 'signature'; readonly keyId: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'frame'; readonly frame: number };

/** What the part of that name is, or null where the format has none of that name. */
export function parsePartName(name: string): Part | null {
  if (name === manifestPart) return { kind: 'manifest' };
  if (name === indexPart) return { kind: 'index' };
  const keyId = /^signatures\/([0-9a-f]{32})$/.exec(name)?.[1];
  if (keyId !== undefined) return { kind: 'signature', keyId };
  const frame = /^frames\/([0-9]{6})$/.exec(name)?.[1];
  return frame === undefined ? null : { kind: 'frame', frame: Number(frame) };
}

/** The key id that a signature's part is named after, or null where the name is another part's. */
export function parseSignaturePart(name: string): string | null {
  const part = parsePartName(name);
  return part?.kind === 'signature' ? part.keyId : null;
}

/** Watches that parts come as FORMAT §2 orders them. */
export interface PartOrder {
  /** The next part; E_FORMAT when it is foreign, repeated, or not the one that has to come here. */
  add(name: string): void;
  /** E_FORMAT when parts are missing. */
  end(): void;
}

export function createPartOrder(): PartOrder {
  let last: Part | null = null;
  let lastName = '';
  let signatures = 0;
  return {
    add: (name) => {
      const part = parsePartName(name);
      if (part === null) throw malformedArchive(`it has a foreign part, ${JSON.stringify(name)}`);
      if (!mayFollow(part, name, last, lastName)) {
        const place = last === null ? 'first' : `behind ${lastName}`;
        throw malformedArchive(
          `${name} stands ${place}, so that parts are missing, repeated or out of order`,
        );
      }
      if (part.kind === 'signature' && ++signatures > maxSignatures) {
        throw malformedArchive(`it has more than ${maxSignatures} signatures`);
      }
      last = part;
      lastName = name;
    },
    end: () => {
      const complete = last?.kind === 'index' || last?.kind === 'frame';
      if (!complete) throw malformedArchive(`it has no ${last === null ? manifestPart : indexPart}`);
    },
  };
}

/** Refuses (E_FORMAT) parts that are not a whole archive with that many frames, in its order. */
export function assertPartOrder(names: readonly string[], frames: number): void {
  const order = createPartOrder();
  for (const name of names) order.add(name);
  order.end();
  const found = names.filter((name) => parsePartName(name)?.kind === 'frame').length;
  if (found !== frames) throw malformedArchive(`it has ${found} frames instead of ${frames}`);
}

function mayFollow(part: Part, name: string, last: Part | null, lastName: string): boolean {
  switch (part.kind) {
    case 'manifest':
      return last === null;
    case 'signature':
      // Key ids are lower-case hexadecimal, for which this is byte order.
      return last?.kind === 'manifest' || (last?.kind === 'signature' && lastName < name);
    case 'index':
      return last?.kind === 'manifest' || last?.kind === 'signature';
    case 'frame':
      return part.frame === 0
        ? last?.kind === 'index'
        : last?.kind === 'frame' && last.frame === part.frame - 1;
  }
}

/** E_FORMAT: the container is not what FORMAT §2 prescribes. */
export function malformedArchive(problem: string): PatchError {
  return new PatchError('E_FORMAT', `the patch archive is malformed: ${problem}`, {
    help: 'get the archive again, and change it with no other tool',
  });
}
