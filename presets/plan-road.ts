/** plan-road: which patches of a folder lead to a version, on the cheapest road. Reads only. */
import { unpack, verify } from '../plugins/index.ts';
import type { VerifyOptions } from '../plugins/index.ts';
import { type Bytes, isDigest } from '../src/bytes.ts';
import { type PatchError, isPatchError } from '../src/errors.ts';
import { openFile } from '../src/layer/file-bytes.ts';
import { remembered } from '../src/layer/layered.ts';
import type { Manifest } from '../src/patch/manifest.ts';
import { type Road, type RoadStep, assertPatches, findRoad } from '../src/patch/road.ts';
import { wantedVersion } from '../src/patch/versions.ts';
import { checkBase } from '../src/store/base-check.ts';
import { baseView } from '../src/store/base-view.ts';
import { readHistory } from '../src/store/history.ts';
import { locate } from '../src/store/locate.ts';
import type { Place } from '../src/store/open-place.ts';
import { patchesIn } from '../src/store/patch-folder.ts';
import { stateOf } from '../src/store/state-of.ts';
import { readManifest } from '../src/stream/read-manifest.ts';
import { readPlan } from '../src/stream/read-plan.ts';

export interface PlanRoadOptions extends VerifyOptions {
  /** The folder with the patches. */
  readonly patches: string;
  /** A version, a range of semantic versions, or `latest`. */
  readonly version: string;
  readonly place: Place;
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Hears of files that cannot be used, and why. */
  readonly onIgnored?: (file: string, why: PatchError) => void;
}

export interface PlannedRoad extends Road<FolderStep> {
  readonly from: Manifest['base'];
  readonly application: Manifest['application'];
}

export interface FolderStep extends RoadStep {
  readonly archive: Bytes;
  readonly manifest: Manifest;
}

/** E_INPUT where no road leads there, with the link that is missing; E_BASE_MISMATCH where the target has no version that the patches know. */
export async function planRoad(options: PlanRoadOptions): Promise<PlannedRoad> {
  const { place, version, variables = {}, signal } = options;
  const opened = await place.base();
  const layer = remembered(opened);
  const history = readHistory(opened.directory);
  const usable = await readFolder(options);
  assertPatches(usable, options.patches);
  const ids = new Set(usable.map(({ manifest }) => manifest.application.id));
  // What the target says of itself is a hint; its content decides.
  const id = [layer.identity.id, history?.last.id].find((one) => one !== undefined && ids.has(one));
  const patches = usable.filter(({ manifest }) => id === undefined || manifest.application.id === id);
  const last = history && (id === undefined || history.last.id === id) ? history.last.digest : null;
  const from = await locate({
    patches,
    hints: [
      ...(isDigest(last) ? [{ digest: last }] : []),
      ...(layer.identity.version === '' ? [] : [{ version: layer.identity.version }]),
    ],
    sideOf: async ({ label, archive, manifest }) => {
      const plan = await readPlan(archive, label, [unpack(options), verify(options)], { signal });
      return (await checkBase(plan, baseView(layer, manifest.rules, variables).entry, signal)).state;
    },
    wholeDigest: async ({ manifest }) => (await stateOf(layer, manifest.rules, variables, { signal })).digest,
    signal,
  });
  const known = patches.flatMap(({ manifest }) => [manifest.base.version, manifest.target.version]);
  const road = findRoad(patches, from, wantedVersion(version, known));
  const [some] = road.steps.length > 0 ? road.steps : patches;
  return { ...road, from, application: some?.manifest.application ?? { id: '', name: '' } };
}

async function readFolder({ patches, onIgnored, ...options }: PlanRoadOptions): Promise<FolderStep[]> {
  const found: FolderStep[] = [];
  for (const label of patchesIn(patches)) {
    try {
      const archive = openFile(label);
      const manifest = await readManifest(archive, options);
      found.push({ label, archive, manifest, size: archive.size });
    } catch (error) {
      if (!isPatchError(error)) throw error;
      onIgnored?.(label, error);
    }
  }
  return found;
}
