/** One run of a command: its cancellation, its progress, its notices, and its one result on stdout. */
import type Vinyl from 'vinyl';
import type { Progress } from '../stream/progress.ts';
import { run } from '../stream/run.ts';
import type { Stage } from '../stream/stage.ts';
import { cancelOnSignals } from './cancellation.ts';
import type { CommonOptions } from './common-options.ts';
import { printable } from './printable.ts';
import { progressDisplay } from './progress-display.ts';

/** Something to know that is no error. `code` is stable. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

export interface Session {
  readonly signal: AbortSignal;
  /** Whether the result is printed, which need not be found out otherwise. */
  readonly isHeard: boolean;
  /** What was noted so far. */
  readonly notes: readonly Note[];
  note(note: Note): void;
  progress(progress: Progress): void;
  /** Takes the progress line away, for a question. */
  pause(): void;
  /** From now on Ctrl-C no longer cancels: the change is made. */
  tooLate(): void;
  /** Runs a chain; its notices become notes, but for those whose codes are in `silent`. */
  run(
    chain: readonly Stage[],
    onFile?: (file: Vinyl) => void | Promise<void>,
    silent?: readonly string[],
  ): Promise<void>;
  /** Prints the result: the document with --json, otherwise the lines, unless --quiet. */
  print(document: object, lines: () => readonly string[]): void;
}

/** Gives the body a session, and cleans up behind it. */
export async function withSession(
  { json = false, quiet = false, progress }: CommonOptions,
  body: (session: Session) => Promise<void>,
): Promise<void> {
  const cancellation = cancelOnSignals();
  const display = progressDisplay(quiet && progress === 'auto' ? 'none' : progress);
  const notes: Note[] = [];
  const note = ({ code, message }: Note): void => {
    notes.push({ code, message });
    if (json || quiet) return;
    display.clear();
    process.stderr.write(`note: ${printable(message)}\n`);
  };
  const show = (one: Progress): void => display.show(one);
  try {
    await body({
      signal: cancellation.signal,
      isHeard: json || !quiet,
      notes,
      note,
      progress: show,
      pause: () => display.clear(),
      tooLate: () => cancellation.tooLate(),
      run: async (chain, onFile, silent = []) =>
        run(chain, {
          signal: cancellation.signal,
          onProgress: show,
          onNotice: (notice) => {
            if (!silent.includes(notice.code)) note(notice);
          },
          ...(onFile && { onFile }),
        }),
      print: (document, lines) => {
        display.stop();
        if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
        else if (!quiet) process.stdout.write(`${lines().join('\n')}\n`);
      },
    });
  } finally {
    display.stop();
    cancellation.release();
  }
}
