/** The plan of a patch, and nothing behind it. */
import type { Bytes } from '../bytes.ts';
import { PatchError, isPatchError } from '../errors.ts';
import { archiveFile, isPlan } from './file.ts';
import { type InnerRun, filesOf } from './files-of.ts';
import type { Plan } from './plan.ts';
import { type Stage, source } from './stage.ts';

/** A chain that begins with one archive. */
export function chainFor(archive: Bytes, label: string, stages: readonly Stage[]): [Stage, ...Stage[]] {
  const open = source('open', async function* () {
    yield archiveFile(archive, label);
  });
  return [open, ...stages];
}

/** Runs the archive through the stages until they give its plan. Errors of theirs, and their message begins with the label. */
export async function readPlan(
  archive: Bytes,
  label: string,
  stages: readonly Stage[],
  running: InnerRun,
): Promise<Plan> {
  try {
    for await (const file of filesOf(chainFor(archive, label, stages), running))
      if (isPlan(file)) return file.plan;
  } catch (error) {
    throw labelled(error, label);
  }
  throw new PatchError('E_FORMAT', `${label}: has no manifest`, { entry: label });
}

/** The same error, which says of which patch it is. */
export function labelled(error: unknown, label: string): unknown {
  if (!isPatchError(error) || error.code === 'E_CANCELLED' || error.message.startsWith(label)) return error;
  const { code, message, entry, help, details, data } = error;
  const again = new PatchError(code, `${label}: ${message}`, {
    ...(entry !== undefined && { entry }),
    ...(help !== undefined && { help }),
    details,
    data,
    cause: error,
  });
  again.stage = error.stage;
  return again;
}
