/** Several patches that are applied as one, in reports. */
import type { Together } from '../stream/together.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';
import { formatSize } from './units.ts';

/** One of the patches, in the order in which they are applied. */
export interface StepReport {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Of the file, in bytes. */
  readonly size: number;
  /** It was passed over, since the target has it already. */
  readonly applied: boolean;
}

export function stepReports({ steps, applied }: Together): StepReport[] {
  return steps.map(({ label, archive, manifest: { base, target } }, at) => ({
    file: label,
    from: base.version,
    to: target.version,
    size: archive.size,
    applied: at < applied,
  }));
}

export function stepLines(steps: readonly StepReport[]): string[] {
  const rows = steps.map(({ file, from, to, size, applied }) => [
    `${printable(from)} → ${printable(to)}`,
    formatSize(size),
    printable(file),
    ...(applied ? ['(applied already)'] : []),
  ]);
  return table(rows, { right: [1] });
}
