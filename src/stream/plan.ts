/** What a verified patch is going to do, before any of it is done. */
import type { Change } from '../patch/change.ts';
import type { Manifest } from '../patch/manifest.ts';

export interface Plan {
  readonly manifest: Manifest;
  /** All changes, in byte order of names. */
  readonly changes: readonly Change[];
  /** Key ids of the trusted signatures. */
  readonly trusted: readonly string[];
}
