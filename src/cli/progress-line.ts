/** What the line on the terminal says. */
import type { Progress } from '../stream/progress.ts';
import { printable } from './printable.ts';
import { formatCount, formatSize } from './units.ts';

const barWidth = 20;
const stageWidth = 12;

/** One line that fits into the columns: stage, bar or count, rate, and what is being worked on. */
export function progressLine(progress: Progress, seconds: number, columns: number): string {
  const { stage, done, total, unit, label } = progress;
  const amount = unit === 'bytes' ? formatSize : formatCount;
  const count =
    total === null ? `${amount(done)} ${noun(unit)}`.trimEnd() : `${amount(done)}/${amount(total)}`;
  const rate = seconds >= 0.5 ? `${amount(Math.round(done / seconds))}/s` : '';
  const parts = [stage.padEnd(stageWidth), total === null ? '' : bar(done, total), count, rate];
  const head = parts.filter((part) => part !== '').join('  ');
  // The last column stays free: some terminals wrap when it is written to.
  const room = columns - 1 - head.length - 2;
  return room < 8 ? head.slice(0, Math.max(0, columns - 1)) : `${head}  ${shorten(printable(label), room)}`;
}

function noun(unit: Progress['unit']): string {
  return unit === 'bytes' ? '' : unit;
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.min(barWidth, Math.round((done / total) * barWidth));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
}

/** The end of a path says more than its start. */
function shorten(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(text.length - room + 1)}`;
}
