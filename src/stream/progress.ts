/** What stages tell while they work. Drawing it is the command's business. */

export interface Progress {
  readonly stage: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'entries';
  /** What is being worked on: most often an entry's name. */
  readonly label: string;
}

/** Something that a person should know and that is no error. `code` is stable. */
export interface Notice {
  readonly stage: string;
  readonly code:
    'exclude-unmatched' | 'volatile-unmatched' | 'unsigned' | 'untrusted' | 'already-applied' | 'unchanged';
  readonly message: string;
}
