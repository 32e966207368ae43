/** Says why a file takes much of a patch: pure, from what is known of it. */

export interface Evidence {
  /** Of its content, and about how much of the patch it takes, in bytes. */
  readonly size: number;
  readonly cost: number;
  /** Whether it is carried against any file of the base. */
  readonly referenced: boolean;
  /** How many of its bytes come from old files, and how many are nowhere else; null where that is not known. */
  readonly old: number | null;
  readonly fresh: number | null;
  /** What its new bytes compress to, 1 being not at all; null where that is not known. */
  readonly density: number | null;
  /** The first bytes of its content, where they are at hand. */
  readonly beginning: Uint8Array | null;
}

export type Reason =
  'no-reference' | 'little-in-common' | 'large-rewrite' | 'scattered' | 'high-entropy' | 'small';

export interface Explanation {
  readonly reasons: readonly Reason[];
  /** One sentence without a full stop, for people. */
  readonly text: string;
}

/** From here on new bytes hardly compress; below, of a file little is old. */
const dense = 0.93;
const little = 0.5;
/** What a patch takes of a file without anybody wondering, as a part of its size. */
const fair = 0.05;
/** Below this, in bytes, nothing is to be explained. */
const tiny = 512;

export function explain(evidence: Evidence): Explanation {
  const { size, cost, referenced, old, fresh, density, beginning } = evidence;
  const reasons: Reason[] = [];
  const parts: string[] = [];
  const say = (reason: Reason, text: string): void => {
    reasons.push(reason);
    parts.push(text);
  };
  const common = old !== null && size > 0 ? old / size : null;
  if (cost < tiny) say('small', 'that is next to nothing');
  else if (!referenced) say('no-reference', 'no old file is like it');
  else if (cost <= size * fair) say('small', `takes only ${percent(cost / size)} of its size`);
  else if (common === null)
    say('little-in-common', 'no delta to an old file was smaller than the file itself');
  else if (common < little) say('little-in-common', `only ${percent(common)} of it come from old files`);
  else if (fresh !== null && fresh > size * fair) {
    say('large-rewrite', `large parts were rewritten: ${percent(fresh / size)} of it are new`);
  } else say('scattered', `${percent(common)} of it come from old files, but differ in many small places`);
  if (density !== null && density >= dense && !reasons.includes('small')) {
    const container = beginning && containerOf(beginning);
    const what = container
      ? `it is compressed (${container})`
      : 'it is compressed or encrypted (unknown form)';
    say('high-entropy', `its new bytes hardly compress, since ${what}`);
  }
  return { reasons, text: parts.join('; ') };
}

function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  return `${value < 10 ? value.toFixed(1) : Math.floor(value)} %`;
}

/** Containers by the bytes that they begin with; the names of the formats' own specifications. */
const signatures: readonly (readonly [name: string, hex: string, at?: number])[] = [
  ['zip, jar or office document', '504b0304'],
  ['gzip', '1f8b08'],
  ['png', '89504e470d0a1a0a'],
  ['jpeg', 'ffd8ff'],
  ['gif', '47494638'],
  ['webp', '57454250', 8],
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['7z', '377abcaf271c'],
  ['bzip2', '425a68'],
  ['lz4', '04224d18'],
  ['rar', '526172211a07'],
  ['cabinet', '4d534346'],
  ['mp4 or other ISO media', '66747970', 4],
  ['ogg', '4f676753'],
  ['mp3', '494433'],
  ['woff font', '774f4646'],
  ['woff2 font', '774f4632'],
  ['OpenSSL, encrypted', '53616c7465645f5f'],
  ['OpenPGP, encrypted', '2d2d2d2d2d424547494e20504750'],
  ['age, encrypted', '6167652d656e6372797074696f6e'],
];

/** The name of a form that is compressed or encrypted, or null for bytes that begin in no known way. */
export function containerOf(beginning: Uint8Array): string | null {
  const text = Buffer.from(beginning.subarray(0, 32)).toString('hex');
  return signatures.find(([, hex, at = 0]) => text.startsWith(hex, at * 2))?.[0] ?? null;
}
