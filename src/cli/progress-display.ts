/** Progress on stderr: one line that is drawn over and over, lines of JSON, or nothing. */
import type { Progress } from '../stream/progress.ts';
import type { ProgressMode } from './common-options.ts';
import { type Pace, createPace } from './pace.ts';
import { type Outlook, progressLine } from './progress-line.ts';

export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
  /** Shows what is left to be shown. Nothing is shown afterwards. */
  stop(): void;
}

/** At most so often, in milliseconds; and so often where nothing new is told, since time goes on. */
const interval = 100;
const redrawn = 500;
/** Several stages work at once: one stays on the screen until it is done, or silent for so long. */
const silent = 1500;

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

/** The pace of every stage. */
function createPaces(): (progress: Progress, now: number) => Outlook {
  const paces = new Map<string, Pace>();
  return ({ stage, done, total }, now) => {
    const pace = paces.get(stage) ?? createPace(now);
    paces.set(stage, pace);
    pace.update(done, now);
    return { rate: pace.rate(now), remaining: total === null ? null : pace.remaining(total, now) };
  };
}

/** Of each stage at most one line in an interval, and its last one in any case. */
function jsonLines(screen: ScreenLike): ProgressDisplay {
  const held = new Map<string, string>();
  const written = new Map<string, number>();
  const outlookOf = createPaces();
  const round = (value: number | null): number | null => (value === null ? null : Math.round(value));
  return {
    show(progress) {
      const now = performance.now();
      const { stage, done, total, unit, label } = progress;
      const { rate, remaining } = outlookOf(progress, now);
      const facts = { stage, done, total, unit, label, rate: round(rate), remaining: round(remaining) };
      const line = `${JSON.stringify(facts)}\n`;
      if (now - (written.get(stage) ?? -interval) < interval) {
        held.set(stage, line);
        return;
      }
      held.delete(stage);
      written.set(stage, now);
      screen.write(line);
    },
    clear: () => undefined,
    stop() {
      for (const line of held.values()) screen.write(line);
      held.clear();
    },
  };
}

const eraseLine = '\r\u001b[K';

function oneLine(screen: ScreenLike): ProgressDisplay {
  const outlookOf = createPaces();
  // A run that is over soon shows nothing.
  let drawn = performance.now();
  let visible = false;
  let current: { progress: Progress; told: number } | null = null;
  const clear = (): void => {
    if (visible) screen.write(eraseLine);
    visible = false;
  };
  const draw = (progress: Progress, outlook: Outlook, now: number): void => {
    drawn = now;
    visible = true;
    screen.write(`${eraseLine}${progressLine(progress, outlook, screen.columns ?? 80)}`);
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (current && now - drawn >= redrawn) draw(current.progress, outlookOf(current.progress, now), now);
  }, redrawn);
  timer.unref();
  let stopped = false;
  return {
    show(progress) {
      const now = performance.now();
      const outlook = outlookOf(progress, now);
      const stays = current && current.progress.stage !== progress.stage && !isOver(current, now);
      if (stopped || stays === true) return;
      current = { progress, told: now };
      if (now - drawn >= interval) draw(progress, outlook, now);
    },
    clear,
    stop() {
      stopped = true;
      clearInterval(timer);
      clear();
    },
  };
}

function isOver(
  { progress, told }: { readonly progress: Progress; readonly told: number },
  now: number,
): boolean {
  return now - told > silent || (progress.total !== null && progress.done >= progress.total);
}
