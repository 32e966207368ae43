/** Runs the chain that applies a patch, and reports what came of it. */
import type Vinyl from 'vinyl';
import {
  type ApplyAtOptions,
  type ApplyOptions,
  applyPatch,
  defineApplication,
} from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import { costOf } from '../store/space.ts';
import { isChange, isPlan } from '../stream/file.ts';
import { openArchiveFile } from '../stream/open-archive-file.ts';
import type { Plan } from '../stream/plan.ts';
import { type Stage, after, stage } from '../stream/stage.ts';
import type { ApplyReport } from './apply-report.ts';
import type { Config } from './load-config.ts';
import { countKinds } from './report.ts';
import type { Session } from './session.ts';

export interface RunApplyOptions {
  readonly file: string;
  readonly config: Config;
  readonly dryRun: boolean;
  /** Sees what the patch is going to do, before any of it is done. */
  readonly onPlan?: (plan: Plan) => void;
}

/** What a report says wherever the patch was applied. */
export type Applied = Omit<ApplyReport, 'target'>;

export async function runApply(
  session: Session,
  { file, config, dryRun, onPlan }: RunApplyOptions,
  options: ApplyOptions | ApplyAtOptions,
): Promise<Applied> {
  const patch = applyPatch(options, applicationOf(config));
  const seen: { plan?: Plan; applied: boolean } = { applied: true };
  const see = seePlan((plan) => {
    seen.plan = plan;
    onPlan?.(plan);
  });
  const chain = after('verify', [openArchiveFile(file), ...patch], see);
  const onFile = (one: Vinyl): void => {
    // Of a patch that is applied already, nothing leaves the chain.
    if (isPlan(one)) seen.applied = false;
    if (isChange(one)) session.tooLate();
  };
  await session.run(chain, onFile, ['already-applied']);
  if (!seen.plan) throw new PatchError('E_FORMAT', `${file}: has no manifest`);
  return appliedReport(session, seen.plan, seen.applied, dryRun);
}

/** `applied` says that the target was as the plan leaves it before. */
export function appliedReport(
  { notes }: Session,
  { manifest, changes, trusted }: Plan,
  applied: boolean,
  dryRun: boolean,
): Applied {
  return {
    status: applied ? 'already-applied' : dryRun ? 'dry-run' : 'applied',
    ...manifest.application,
    from: manifest.base.version,
    to: manifest.target.version,
    trusted,
    changes: countKinds(changes),
    cost: costOf(changes),
    notices: notes,
  };
}

/** A configuration for applying needs no id: whose patch it is says the patch. */
export function applicationOf(config: Config): ReturnType<typeof defineApplication> {
  return defineApplication({ ...config, id: config.id ?? 'any' });
}

/** The plan does not leave the chain where the patch is applied already, so it is looked at on its way. */
const seePlan = (see: (plan: Plan) => void): Stage =>
  stage('see-plan', async function* (files) {
    for await (const file of files) {
      if (isPlan(file)) see(file.plan);
      yield file;
    }
  });
