/** What the line on the terminal says. */
import type { Progress } from '../stream/progress.ts';
import { printable } from './printable.ts';
import { formatCount, formatDuration, formatSize } from './units.ts';

const barWidth = 20;
const stageWidth = 12;
/** Of a label less than this says nothing. */
const leastLabel = 8;

/** What can be said of a stage besides how far it is: amount a second, and seconds that are left. */
export interface Outlook {
  readonly rate: number | null;
  readonly remaining: number | null;
}

/**
 * One line that fits into the columns: stage, bar, percent, amount, rate, remaining time, and what is being worked on. Where there is
 * little room, the bar goes first, then the rate.
 */
export function progressLine(progress: Progress, { rate, remaining }: Outlook, columns: number): string {
  const { stage, done, total, unit, label } = progress;
  const amount = unit === 'bytes' ? formatSize : formatCount;
  const count =
    total === null ? `${amount(done)} ${noun(unit)}`.trimEnd() : `${amount(done)}/${amount(total)}`;
  const parts = {
    stage: stage.padEnd(stageWidth),
    bar: total === null ? '' : bar(done, total),
    percent: total === null ? '' : `${percent(done, total)} %`.padStart(5),
    count,
    rate: rate === null ? '' : `${amount(Math.round(rate))}/s`,
    remaining:
      remaining === null || total === null || done >= total ? '' : `${formatDuration(remaining)} left`,
  };
  // The last column stays free: some terminals wrap when it is written to.
  const most = columns - 1;
  let head = join(Object.values(parts));
  if (head.length > most) head = join(Object.values({ ...parts, bar: '' }));
  if (head.length > most) head = join(Object.values({ ...parts, bar: '', rate: '' }));
  const room = most - head.length - 2;
  return room < leastLabel ? head.slice(0, Math.max(0, most)) : `${head}  ${shorten(printable(label), room)}`;
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ');
}

function noun(unit: Progress['unit']): string {
  return unit === 'bytes' ? '' : unit;
}

/** It is 100 only when all is done. */
function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((Math.min(done, total) / total) * 100);
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.min(barWidth, Math.round((done / total) * barWidth));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
}

/** The end of a path says more than its start. */
function shorten(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(text.length - room + 1)}`;
}
