/** What a commit does on disk, step by step. Every step can be undone, and every step can be told from the disk. */

export type Step =
  /** Makes a directory writable for us while the commit runs. */
  | { readonly do: 'open'; readonly path: string; readonly mode: number }
  /** Takes what is at `path` away to `to`, which nothing has. A directory must be empty. */
  | { readonly do: 'take'; readonly path: string; readonly to: string; readonly keepIfFull: boolean }
  | { readonly do: 'mkdir'; readonly path: string }
  /** Puts what is at `from` to `path`, where nothing is. */
  | { readonly do: 'put'; readonly from: string; readonly path: string }
  /** Sets permission bits; `before` undoes it, where the entry was there before. */
  | { readonly do: 'chmod'; readonly path: string; readonly mode: number; readonly before: number | null };
