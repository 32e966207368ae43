/** Finds out which of the versions that patches know a target has, without reading all of it. */
import type { Digest } from '../bytes.ts';
import { PatchError, isPatchError, throwIfCancelled } from '../errors.ts';
import type { State } from '../patch/manifest.ts';
import { type Step, placesOf } from '../patch/order-steps.ts';
import { compareVersions } from '../patch/versions.ts';

export interface LocateOptions<One extends Step> {
  readonly patches: readonly One[];
  /** What is remembered or said of the target: the likeliest first. A digest, or a version's text. */
  readonly hints: readonly { readonly digest?: Digest; readonly version?: string }[];
  /** Which side of the patch the target is at, as `checkBase` tells; what it throws with E_BASE_MISMATCH means neither. */
  readonly sideOf: (patch: One) => Promise<'base' | 'target'>;
  /** The state digest of the whole target through the rules of a patch: only asked for where nothing else decides. */
  readonly wholeDigest: (patch: One) => Promise<Digest>;
  readonly signal: AbortSignal;
}

/**
 * What is proven of the version that comes out: the entries that one patch from it, or to it, touches are as they are in it. That is what
 * applying that patch asks for, too. A hint is believed as soon as that is so for it. Otherwise all patches are held against the target, each entry is
 * read once, and of several versions that fit the whole target decides. E_BASE_MISMATCH where none fits, E_INPUT where none is told from another.
 */
export async function locate<One extends Step>(options: LocateOptions<One>): Promise<State> {
  const { patches, hints, signal } = options;
  const place = placesOf(patches);
  const states = new Map(
    patches.flatMap(({ manifest }) => [manifest.base, manifest.target]).map((state) => [place(state), state]),
  );
  const sides = new Map<One, 'base' | 'target' | PatchError>();
  const side = async (patch: One): Promise<'base' | 'target' | PatchError> => {
    throwIfCancelled(signal);
    const known = sides.get(patch) ?? (await tried(options.sideOf(patch)));
    sides.set(patch, known);
    return known;
  };
  const from = (at: string): One[] => patches.filter(({ manifest }) => place(manifest.base) === at);
  const into = (at: string): One[] => patches.filter(({ manifest }) => place(manifest.target) === at);

  for (const { digest, version } of hints) {
    for (const [at, state] of states) {
      if (state.digest !== digest && state.version !== version) continue;
      for (const patch of from(at)) if ((await side(patch)) === 'base') return state;
      for (const patch of into(at)) if ((await side(patch)) === 'target') return state;
    }
  }
  const fitting: { readonly state: State; readonly backed: boolean }[] = [];
  for (const [at, state] of states) {
    const [out, back] = [await all(from(at), side), await all(into(at), side)];
    const fits = out.length > 0 ? out.every((one) => one === 'base') : back.includes('target');
    if (fits) fitting.push({ state, backed: back.length === 0 || back.includes('target') });
  }
  const backed = fitting.filter((one) => one.backed);
  const [first, ...others] = (backed.length > 0 ? backed : fitting).map(({ state }) => state);
  if (first && others.length === 0) return first;
  if (!first) throw noVersion([...states.values()], [...sides.values()].filter(isPatchError));
  for (const state of [first, ...others]) {
    const [patch] = [...from(place(state)), ...into(place(state))];
    if (patch && (await options.wholeDigest(patch)) === state.digest) return state;
  }
  throw new PatchError('E_INPUT', `the target may be ${textOf([first, ...others])}: nothing tells which`, {
    help: 'name the patches themselves: vpa apply FILE FILE …',
  });
}

async function all<One, Result>(
  list: readonly One[],
  each: (one: One) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const one of list) results.push(await each(one));
  return results;
}

async function tried(side: Promise<'base' | 'target'>): Promise<'base' | 'target' | PatchError> {
  try {
    return await side;
  } catch (error) {
    if (isPatchError(error) && error.code === 'E_BASE_MISMATCH') return error;
    throw error;
  }
}

function noVersion(states: readonly State[], errors: readonly PatchError[]): PatchError {
  const nearest = errors.toSorted((a, b) => a.details.length - b.details.length)[0];
  return new PatchError(
    'E_BASE_MISMATCH',
    `the target has none of the versions that the patches know: ${textOf(states)}; nearest: ${nearest?.message ?? ''}`,
    {
      ...(nearest?.entry !== undefined && { entry: nearest.entry }),
      ...(nearest?.help !== undefined && { help: nearest.help }),
      details: nearest?.details ?? [],
      data: nearest?.data ?? {},
    },
  );
}

function textOf(states: readonly State[]): string {
  return [...new Set(states.map(({ version }) => version))]
    .sort((a, b) => compareVersions(a, b) ?? 0)
    .join(', ');
}
