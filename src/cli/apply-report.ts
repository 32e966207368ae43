/** What `apply` did, for people. */
import { printable } from './printable.ts';
import { kindsText, titleLine } from './report-text.ts';
import type { KindCounts } from './report.ts';
import type { Note } from './session.ts';

export interface ApplyReport {
  readonly status: 'applied' | 'already-applied' | 'dry-run';
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The folder that has the new version now. */
  readonly target: string;
  readonly trusted: readonly string[];
  /** How many entries the patch adds, modifies, moves and removes. */
  readonly changes: KindCounts;
  readonly notices: readonly Note[];
}

export function applyLines(report: ApplyReport): string[] {
  const target = printable(report.target);
  const lines = {
    applied: `applied to ${target}: ${kindsText(report.changes)}`,
    'already-applied': `${target} is this version already: nothing was changed`,
    'dry-run': `can be applied to ${target}: ${kindsText(report.changes)}; nothing was written`,
  };
  return [titleLine(report), `  ${lines[report.status]}`];
}
