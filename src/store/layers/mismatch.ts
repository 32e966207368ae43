/** What to say where no layer of a store is what a patch was made for. */
import { PatchError, isPatchError } from '../../errors.ts';
import { openDirectory } from '../../layer/directory-layer.ts';
import type { Manifest } from '../../patch/manifest.ts';
import { compareVersions } from '../../patch/versions.ts';
import { type Expectation, checkBase } from '../base-check.ts';
import { baseView } from '../base-view.ts';
import { type Nearest, findNearest } from './fitting.ts';
import { type StoredLayer, titleOf } from './stored-layer.ts';

type Plan = Expectation & { readonly manifest: Manifest };

export interface MismatchOptions {
  readonly store: string;
  readonly layers: readonly StoredLayer[];
  /** Of patches that follow each other; at least one. */
  readonly plans: readonly Plan[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** E_BASE_MISMATCH with the nearest layer, what differs there, and the patch that would have to come before. */
export async function mismatch(options: MismatchOptions): Promise<PatchError> {
  const { signal, store, variables = {} } = options;
  const wantedBy = ({ manifest: { application, base } }: Plan): string =>
    `${application.name} ${base.version}`.trim();
  const nearest = await findNearestOf(options);
  if (nearest === null) {
    const [first] = options.plans;
    const wanted = first ? wantedBy(first) : '';
    return new PatchError(
      'E_BASE_MISMATCH',
      `the patch is for ${wanted}, but the store ${store} has no layers`,
      {
        entry: store,
        help: `bring ${wanted} in (vpa layer import), or apply the patch to a folder (--to)`,
      },
    );
  }
  const { layer, plan } = nearest;
  const wanted = wantedBy(plan);
  return new PatchError(
    'E_BASE_MISMATCH',
    `no layer in ${store} is what the patch was made for, ${wanted}; the nearest is ${titleOf(layer)}`,
    {
      entry: String(layer.number),
      help: adviceFor(layer, plan.manifest),
      details: await differencesIn(layer, plan, variables, signal),
    },
  );
}

interface NearestOf extends Nearest {
  readonly plan: Plan;
}

/** Of the patches, one from the version that the layer says it is; else the one that differs least. */
async function findNearestOf({ layers, plans, variables }: MismatchOptions): Promise<NearestOf | null> {
  const found: NearestOf[] = [];
  for (const plan of plans) {
    const nearest = await findNearest(layers, plan.manifest, plan.changes, variables);
    if (nearest) found.push({ ...nearest, plan });
  }
  const isNamed = ({ layer, plan: { manifest } }: NearestOf): boolean =>
    layer.identity.version === manifest.base.version;
  const [first] = found.sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)) || a.differing - b.differing);
  return first ?? null;
}

function adviceFor({ identity, number }: StoredLayer, { application, base }: Manifest): string {
  if (identity.id !== application.id)
    return `bring ${application.name} ${base.version} in (vpa layer import), or choose a layer (--layer)`;
  const [from, to] = [identity.version, base.version];
  if (from === to)
    return `it was changed since: vpa layer show ${number} --full says what is not as it was made`;
  return (compareVersions(from, to) ?? 0) > 0
    ? `it is newer than ${to}: get the patch that starts from ${from}, or go back first (vpa layer undo ${number})`
    : `the patch ${from === '' ? '' : `from ${from} `}to ${to} is missing: apply it first`;
}

/** As far as a patch tells, which is what it touches. */
async function differencesIn(
  { current }: StoredLayer,
  plan: Plan,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const view = baseView(openDirectory(current.directory), plan.manifest.rules, variables);
    await checkBase(plan, view.entry, signal);
    return ['what differs is nothing that the patch touches'];
  } catch (error) {
    if (!isPatchError(error) || error.code !== 'E_BASE_MISMATCH') throw error;
    return error.details;
  }
}
