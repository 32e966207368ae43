/** Runs the chain that repairs, and tells what it has found. */
import { type Application, repairFolder } from '../../presets/index.ts';
import type { RepairAtOptions, RepairOptions } from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import type { Restoration } from '../store/restoration.ts';
import { isChange } from '../stream/file.ts';
import { after } from '../stream/stage.ts';
import { askFor } from './ask.ts';
import { type SeenHives, seeHives } from './see-hives.ts';
import type { Session } from './session.ts';
import { counted } from './units.ts';

export interface RunRepairOptions {
  readonly removeExtra?: boolean;
  /** Removes without a question. */
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Hears what is going to happen, before any of it does. */
  readonly onPlanned?: (restoration: Restoration) => void;
}

/** What was found, and what a report says of how that was dealt with. */
export interface Repaired {
  readonly restoration: Restoration;
  readonly hives: SeenHives;
  readonly dryRun: boolean;
  readonly removeExtra: boolean;
}

type Given =
  Omit<RepairOptions, 'confirm' | 'removeExtra'> | Omit<RepairAtOptions, 'confirm' | 'removeExtra'>;

export async function runRepair(
  session: Session,
  given: Given,
  { removeExtra = false, yes = false, dryRun = false, onPlanned }: RunRepairOptions,
  application?: Application,
): Promise<Repaired> {
  let restoration: Restoration | undefined;
  const confirm = async (planned: Restoration): Promise<void> => {
    restoration = planned;
    onPlanned?.(planned);
    const { extras } = planned;
    if (!removeExtra || extras.length === 0 || dryRun || yes) return;
    session.pause();
    const what = counted(extras.length, 'entry', 'entries');
    const first = extras[0]?.name ?? '';
    await askFor(`Remove ${what} that the source does not have, first ${first}?`, {
      option: '--yes',
      signal: session.signal,
    });
  };
  const chain = repairFolder({ ...given, removeExtra, confirm }, application);
  const hives = seeHives();
  await session.run(after('diff-registry', chain, hives.stage), (file) => {
    if (isChange(file)) session.tooLate();
  });
  if (!restoration) throw new PatchError('E_STAGE', 'nothing was compared');
  return { restoration, hives, dryRun, removeExtra };
}
