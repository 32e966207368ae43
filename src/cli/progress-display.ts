/** Progress on stderr: one line that is drawn over and over, lines of JSON, or nothing. */
import type { Progress } from '../stream/progress.ts';
import type { ProgressMode } from './common-options.ts';
import { progressLine } from './progress-line.ts';

export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
  /** Shows what is left to be shown. Nothing is shown afterwards. */
  stop(): void;
}

/** At most so often, in milliseconds. */
const interval = 100;

export interface ScreenLike {
  readonly columns?: number;
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export function progressDisplay(mode: ProgressMode, screen: ScreenLike = process.stderr): ProgressDisplay {
  if (mode === 'json') return jsonLines(screen);
  const drawn = mode === 'bar' || (mode === 'auto' && screen.isTTY === true);
  return drawn ? oneLine(screen) : { show: () => undefined, clear: () => undefined, stop: () => undefined };
}

/** Of each stage at most one line in an interval, and its last one in any case. */
function jsonLines(screen: ScreenLike): ProgressDisplay {
  const held = new Map<string, Progress>();
  const written = new Map<string, number>();
  const write = ({ stage, done, total, unit, label }: Progress): void =>
    void screen.write(`${JSON.stringify({ stage, done, total, unit, label })}\n`);
  return {
    show(progress) {
      const now = performance.now();
      if (now - (written.get(progress.stage) ?? -interval) < interval) {
        held.set(progress.stage, progress);
        return;
      }
      held.delete(progress.stage);
      written.set(progress.stage, now);
      write(progress);
    },
    clear: () => undefined,
    stop() {
      for (const progress of held.values()) write(progress);
      held.clear();
    },
  };
}

const eraseLine = '\r\u001b[K';

function oneLine(screen: ScreenLike): ProgressDisplay {
  const begun = new Map<string, number>();
  // A run that is over soon shows nothing.
  let drawn = performance.now();
  let visible = false;
  let stopped = false;
  const clear = (): void => {
    if (visible) screen.write(eraseLine);
    visible = false;
  };
  return {
    show(progress) {
      const now = performance.now();
      const start = begun.get(progress.stage) ?? now;
      begun.set(progress.stage, start);
      if (stopped || now - drawn < interval) return;
      drawn = now;
      visible = true;
      screen.write(`${eraseLine}${progressLine(progress, (now - start) / 1000, screen.columns ?? 80)}`);
    },
    clear,
    stop() {
      stopped = true;
      clear();
    },
  };
}
