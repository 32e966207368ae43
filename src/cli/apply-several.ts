/** Applies several patches as one: those that are named, or those of a folder that lead to a version. */
import type Vinyl from 'vinyl';
import {
  type ApplyAtOptions,
  type ApplyOptions,
  type PlannedRoad,
  applyPatches,
  ignoredText,
  planRoad,
} from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import { openPlace } from '../store/open-place.ts';
import { costOf } from '../store/space.ts';
import { isChange, isPlan } from '../stream/file.ts';
import { openArchiveFile } from '../stream/open-archive-file.ts';
import type { Together } from '../stream/together.ts';
import { countKinds } from './report.ts';
import { type Applied, type RunApplyOptions, applicationOf, appliedReport } from './run-apply.ts';
import type { Session } from './session.ts';
import { stepReports } from './steps-report.ts';

export interface SeveralOptions extends Omit<RunApplyOptions, 'file'> {
  /** In any order. */
  readonly files: readonly string[];
  readonly options: ApplyOptions | ApplyAtOptions;
}

export async function applySeveral(
  session: Session,
  { files, config, dryRun, onPlan, options }: SeveralOptions,
): Promise<Applied> {
  const seen: { together?: Together; applied: boolean } = { applied: true };
  const planned = (together: Together): void => {
    seen.together = together;
    onPlan?.(together.plan);
  };
  const chain = applyPatches({ ...options, onPlan: planned }, applicationOf(config));
  const onFile = (one: Vinyl): void => {
    if (isPlan(one)) seen.applied = false;
    if (isChange(one)) session.tooLate();
  };
  await session.run([openArchiveFile(...files), ...chain], onFile, ['already-applied']);
  if (!seen.together) throw new PatchError('E_USAGE', 'there is no patch to apply');
  const { plan, reads, temporary } = seen.together;
  const report = appliedReport(session, plan, seen.applied, dryRun);
  const cost = { ...costOf(plan.changes), reads, temporary };
  return { ...report, cost, steps: stepReports(seen.together) };
}

export interface RoadOptions extends Omit<SeveralOptions, 'files' | 'options'> {
  readonly options: ApplyOptions;
  /** The folder with the patches. */
  readonly patches: string;
  readonly version: string;
}

export async function applyRoad(
  session: Session,
  { patches, version, ...several }: RoadOptions,
): Promise<Applied> {
  const { options, config } = several;
  const place = openPlace(options);
  const road = await planRoad({
    ...{ ...options, patches, version, place, signal: session.signal },
    variables: { ...config.rules?.variables, ...options.variables },
    onIgnored: onIgnored(session),
  });
  const files = road.steps.map(({ label }) => label);
  if (files.length > 0) return applySeveral(session, { ...several, files, options: { ...options, place } });
  return nothingToApply(session, road);
}

/** Notes files of a folder of patches that are left out. */
export function onIgnored(session: Session): (file: string, why: PatchError) => void {
  return (file, why) => session.note({ code: 'patch-ignored', message: ignoredText(file, why) });
}

/** Where the version that was asked for is there. */
export function nothingToApply({ notes }: Session, road: PlannedRoad): Applied {
  return {
    status: 'already-applied',
    ...road.application,
    from: road.from.version,
    to: road.to.version,
    trusted: [],
    changes: countKinds([]),
    cost: costOf([]),
    steps: [],
    notices: notes,
  };
}
