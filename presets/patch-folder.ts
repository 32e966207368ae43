/** The patches of a folder. Damaged ones are left out as soon as that is seen; what is planned is planned anew without them. */
import { unpack, verify } from '../plugins/index.ts';
import type { VerifyOptions } from '../plugins/index.ts';
import type { Bytes } from '../src/bytes.ts';
import { PatchError, exitCodes, isPatchError } from '../src/errors.ts';
import { openFile } from '../src/layer/file-bytes.ts';
import type { Manifest } from '../src/patch/manifest.ts';
import { type RoadStep, assertPatches } from '../src/patch/road.ts';
import { patchesIn } from '../src/store/patch-folder.ts';
import { assertFrameDigests } from '../src/stream/check-frames.ts';
import type { Plan } from '../src/stream/plan.ts';
import { readManifest } from '../src/stream/read-manifest.ts';
import { readPlan } from '../src/stream/read-plan.ts';

export interface PatchFolderOptions extends VerifyOptions {
  /** The folder with the patches. */
  readonly patches: string;
  readonly signal: AbortSignal;
  /** Hears of files that cannot be used, and why. */
  readonly onIgnored?: (file: string, why: PatchError) => void;
}

export interface FolderStep extends RoadStep {
  readonly archive: Bytes;
  readonly manifest: Manifest;
}

export interface PatchFolder {
  /** Those whose manifest could be read, and is trusted; damaged ones are among them. */
  readonly patches: readonly FolderStep[];
  /** Only inside of `plan`: a patch whose index is damaged ends it. */
  planOf(step: FolderStep): Promise<Plan>;
  /** Only inside of `plan`: ends it where one of the patches is damaged anywhere. Reads them. */
  assertWhole(steps: readonly FolderStep[]): Promise<void>;
  /**
   * What `find` makes of the patches that are not damaged. E_INPUT where there are none, and its errors, which name the files that were left out, too.
   * Where `wouldDo` says that there would be a plan with those that are damaged, the error is the first one's damage.
   */
  plan<T>(
    find: (patches: readonly FolderStep[]) => Promise<T>,
    wouldDo: (patches: readonly FolderStep[]) => boolean,
  ): Promise<T>;
}

/** E_INPUT where the folder cannot be read. */
export async function openPatchFolder(options: PatchFolderOptions): Promise<PatchFolder> {
  const { patches: folder, signal, onIgnored } = options;
  const ignored: Ignored[] = [];
  const ignore = (file: string, why: PatchError): void => {
    ignored.push({ file, why });
    onIgnored?.(file, why);
  };
  const patches: FolderStep[] = [];
  for (const label of patchesIn(folder)) {
    try {
      const archive = openFile(label);
      const manifest = await readManifest(archive, options);
      patches.push({ label, archive, manifest, size: archive.size });
    } catch (error) {
      if (!isPatchError(error)) throw error;
      ignore(label, error);
    }
  }
  const planOf = async (step: FolderStep): Promise<Plan> =>
    orDamaged(step, async () =>
      readPlan(step.archive, step.label, [unpack(options), verify(options)], { signal }),
    );
  return {
    patches,
    planOf,
    async assertWhole(steps) {
      for (const step of steps) {
        const { frames } = await planOf(step);
        await orDamaged(step, async () => assertFrameDigests(step.archive, frames, { ...options, signal }));
      }
    },
    async plan(find, wouldDo) {
      let [whole, damaged]: [FolderStep[], Damaged[]] = [patches, []];
      for (;;) {
        try {
          assertPatches(whole, folder);
          return await find(whole);
        } catch (error) {
          if (error instanceof Damaged) {
            damaged = [...damaged, error];
            whole = whole.filter((one) => one !== error.step);
            ignore(error.step.label, error.why);
          } else if (!isPatchError(error) || error.code === 'E_CANCELLED' || ignored.length === 0) {
            throw error;
          } else {
            const [first] = damaged;
            throw told(error, ignored, first && wouldDo(patches) ? first : null);
          }
        }
      }
    },
  };
}

interface Ignored {
  readonly file: string;
  readonly why: PatchError;
}

/** Thrown from inside of a plan, which is made anew then. */
class Damaged extends Error {
  readonly step: FolderStep;
  readonly why: PatchError;

  constructor(step: FolderStep, why: PatchError) {
    super(why.message, { cause: why });
    [this.step, this.why] = [step, why];
  }
}

/** What is wrong with the file itself: cannot be read, malformed, or not what was signed. */
const ofTheFile: readonly number[] = [exitCodes.E_INPUT, exitCodes.E_FORMAT, exitCodes.E_SIGNATURE];

async function orDamaged<T>(step: FolderStep, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isPatchError(error) && ofTheFile.includes(exitCodes[error.code])) throw new Damaged(step, error);
    throw error;
  }
}

/** The error, with the files that were left out. */
function told(error: PatchError, ignored: readonly Ignored[], damaged: Damaged | null): PatchError {
  const { entry = damaged?.step.label, help } = error;
  const lines = ignored.map(({ file, why }) => ignoredText(file, why));
  const data = {
    ...error.data,
    ignored: ignored.map(({ file, why: { code, message } }) => ({ file, code, message })),
  };
  const options = { ...(entry !== undefined && { entry }), data, cause: error };
  if (damaged) {
    return new PatchError(
      damaged.why.code,
      `${named(damaged.step.label, damaged.why)}; without it: ${error.message}`,
      {
        ...{ ...options, entry: damaged.step.label },
        details: [...error.details, ...lines],
        help: 'get the patch again',
      },
    );
  }
  return new PatchError(error.code, error.message, {
    ...{ ...options, details: [...error.details, ...lines] },
    ...(help !== undefined && { help }),
  });
}

/** For people: that a file of the folder is left out, and why. */
export function ignoredText(file: string, { message }: PatchError): string {
  const why = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
  return `${file} is passed over: ${why}`;
}

function named(file: string, { message }: PatchError): string {
  return message.startsWith(file) ? message : `${file}: ${message}`;
}
