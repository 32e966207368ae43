/** What a reader accepts before it says E_LIMIT (FORMAT §8). All values are bytes unless said otherwise. */

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export interface Limits {
  /** `manifest.json`. */
  readonly manifest: number;
  /** The index as it stands in the archive. */
  readonly indexStored: number;
  /** The index when it is decoded. */
  readonly index: number;
  /** Number of changes. */
  readonly changes: number;
  /** One file after the patch. */
  readonly file: number;
  /** The canonical text of one hive. */
  readonly hive: number;
  /** What decoding one payload may take. */
  readonly memory: number;
}

export const defaultLimits: Limits = {
  manifest: 1 * MiB,
  indexStored: 64 * MiB,
  index: 256 * MiB,
  changes: 2_000_000,
  file: 256 * GiB,
  hive: 256 * MiB,
  memory: 256 * MiB,
};
