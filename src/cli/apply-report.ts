/** What `apply` did, for people. */
import type { LayerReport } from './layer/layer-report.ts';
import { printable } from './printable.ts';
import { type StepReport, stepLines } from './steps-report.ts';
import { kindsText, titleLine } from './report-text.ts';
import type { Cost } from '../store/space.ts';
import type { KindCounts } from './report.ts';
import type { Note } from './session.ts';
import { formatSize } from './units.ts';

export interface ApplyReport {
  readonly status: 'applied' | 'already-applied' | 'dry-run';
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The folder that has the new version now. */
  readonly target: string;
  /** What that is called, where it is a layer of a store; then also which one, and how it came there. */
  readonly place?: string;
  readonly store?: string;
  readonly mode?: 'in-place' | 'new';
  readonly layer?: LayerReport;
  readonly trusted: readonly string[];
  /** How many entries the patch adds, modifies, moves and removes. */
  readonly changes: KindCounts;
  /** In bytes: what is read of the base, written, and on the disk in addition while it is applied in place. */
  readonly cost: Cost & {
    /** The most that waits in temporary files between one patch and the next, where there are several. */
    readonly temporary?: number;
  };
  /** The patches, where there are several, in the order in which they are applied. */
  readonly steps?: readonly StepReport[];
  readonly notices: readonly Note[];
}

/** Where several layers of a store were changed, in one transaction. */
export interface LayersReport extends Pick<ApplyReport, 'status' | 'notices'> {
  readonly store: string;
  readonly mode: 'in-place' | 'new';
  /** What there is to know stands in `notices` of the whole. */
  readonly layers: readonly ApplyReport[];
}

export function applyLines(report: ApplyReport | LayersReport): string[] {
  if ('layers' in report) return report.layers.flatMap((one) => applyLines(one));
  const target = printable(report.place ?? report.target);
  const lines = {
    applied: `${report.place === undefined ? 'applied to' : 'made'} ${target}: ${kindsText(report.changes)}`,
    'already-applied': `${target} is this version already: nothing was changed`,
    'dry-run': `can be applied to ${target}: ${kindsText(report.changes)}; nothing was written`,
  };
  const { reads, writes, extra, temporary = 0 } = report.cost;
  const kept = temporary === 0 ? '' : `, and ${formatSize(temporary)} of temporary files`;
  const cost = `  reads ${formatSize(reads)}, writes ${formatSize(writes)}, needs ${formatSize(extra)} more on the disk meanwhile${kept}`;
  return [
    titleLine(report),
    ...stepLines(report.steps ?? []),
    `  ${lines[report.status]}`,
    ...(report.status === 'dry-run' ? [cost] : []),
  ];
}
