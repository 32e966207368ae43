/** What a layer is made of. Pure types; `directory.ts` and `vsa.ts` read them from disk. */
import type { Bytes, Digest } from '../bytes.ts';
import type { EntryName } from './name.ts';
import type { Exclude } from './excludes.ts';

/** What an entry is, without its bytes: plain data, as it stands in a manifest. */
export type Meta =
  /** `mode`: permission bits (0 to 0o7777); absent where the source has none (FORMAT §3.2). */
  | { readonly type: 'file'; readonly size: number; readonly digest: Digest; readonly mode?: number }
  /** Size and digest are those of the canonical `.reg` text (FORMAT §3.4). */
  | { readonly type: 'hive'; readonly size: number; readonly digest: Digest }
  | { readonly type: 'link'; readonly to: string }
  | { readonly type: 'directory'; readonly mode?: number }
  /** Layer content that hides what lies below it under the same name. */
  | { readonly type: 'delete-entry' };

export interface Entry {
  readonly name: EntryName;
  readonly meta: Meta;
  /** The content of a file, the canonical text of a hive; null for everything else. */
  readonly bytes: Bytes | null;
}

export interface ReadOptions {
  /** Entries that are passed over, whole folders without being entered. */
  readonly exclude?: Exclude;
  readonly signal?: AbortSignal;
  /** Called after each entry with how many bytes it had. */
  readonly onEntry?: (name: EntryName, size: number) => void;
}

/** The read-only view of one sublayer. */
export interface Sublayer {
  /** Every entry with its digest, ordered by the UTF-8 bytes of its name. */
  entries(options?: ReadOptions): AsyncIterable<Entry>;
  /** One entry, or null where there is none. Names are compared exactly. */
  entry(name: EntryName, signal?: AbortSignal): Promise<Entry | null>;
}

/** Who a layer is. The id is a GUID or any other stable name; the version is free text, semver where possible. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

export interface Layer {
  /** Fields that the source does not know are empty strings. */
  readonly identity: Identity;
  /** Variable name → the machine's path for it, as it stands in registry data (Windows form). May be empty. */
  readonly variables: Readonly<Record<string, string>>;
  readonly readOnly: Sublayer;
  /** For messages: where it was read from. */
  readonly location: string;
}
