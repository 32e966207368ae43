/** Plans the cheapest road from one version to another through a heap of patches. Pure. */
import { PatchError } from '../errors.ts';
import type { State } from './manifest.ts';
import { type Step, placesOf } from './order-steps.ts';
import { missingLink } from './missing-link.ts';
import { type Wanted, compareVersions } from './versions.ts';

/** A patch that a road may lead over. `label` is its own. */
export interface RoadStep extends Step {
  /** What it costs: the size of its file, in bytes. */
  readonly size: number;
}

export interface Road<One extends RoadStep> {
  /** In order; none where the version is wanted that is there. */
  readonly steps: readonly One[];
  readonly size: number;
  readonly to: State;
}

/** The way to one place. */
interface Way<One extends RoadStep> extends Road<One> {
  readonly place: string;
}

/**
 * To the newest version that is wanted and can be reached, on the road with the fewest bytes; of such with the fewest patches; of these the one
 * whose labels come first. E_INPUT with the missing link where there is none.
 */
export function findRoad<One extends RoadStep>(
  patches: readonly One[],
  from: State,
  wanted: Wanted,
): Road<One> {
  const ways = waysFrom(patches, from);
  const ends = ways.flatMap((way) =>
    versionsAt(patches, way, from).flatMap((to) => (wanted.matches(to.version) ? [{ ...way, to }] : [])),
  );
  const [best] = ends.sort((a, b) => (compareVersions(b.to.version, a.to.version) ?? 0) || compareWays(a, b));
  if (best) return { steps: best.steps, size: best.size, to: best.to };
  throw missingLink(patches, from, wanted, new Set(ways.map(({ place }) => place)));
}

/** The cheapest way to every place that can be reached (Dijkstra), the cheapest first. */
function waysFrom<One extends RoadStep>(patches: readonly One[], from: State): Way<One>[] {
  const place = placesOf(patches);
  const leading = new Map<string, One[]>();
  for (const patch of patches) {
    const at = place(patch.manifest.base);
    leading.set(at, [...(leading.get(at) ?? []), patch]);
  }
  const open = new Map<string, Way<One>>([
    [place(from), { place: place(from), steps: [], size: 0, to: from }],
  ]);
  const done = new Map<string, Way<One>>();
  while (open.size > 0) {
    const [way] = [...open.values()].sort(compareWays);
    if (!way) break;
    open.delete(way.place);
    done.set(way.place, way);
    for (const patch of leading.get(way.place) ?? []) {
      const to = patch.manifest.target;
      const next = { place: place(to), steps: [...way.steps, patch], size: way.size + patch.size, to };
      const known = open.get(next.place);
      if (!done.has(next.place) && (!known || compareWays(next, known) < 0)) open.set(next.place, next);
    }
  }
  return [...done.values()];
}

function compareWays<One extends RoadStep>(a: Road<One>, b: Road<One>): number {
  if (a.size !== b.size) return a.size - b.size;
  if (a.steps.length !== b.steps.length) return a.steps.length - b.steps.length;
  for (const [at, { label }] of a.steps.entries()) {
    const other = b.steps[at]?.label ?? '';
    if (label !== other) return label < other ? -1 : 1;
  }
  return 0;
}

/** One state may be several versions, by what the patches call it. */
function versionsAt<One extends RoadStep>(
  patches: readonly One[],
  { place, to }: Way<One>,
  from: State,
): State[] {
  const placeOf = placesOf(patches);
  const states = [to, from, ...patches.flatMap(({ manifest }) => [manifest.target, manifest.base])];
  const here = states.filter((state) => placeOf(state) === place);
  return [...new Map(here.map((state) => [state.version, state])).values()];
}

/** E_INPUT unless there are patches at all. */
export function assertPatches(patches: readonly unknown[], where: string): void {
  if (patches.length > 0) return;
  throw new PatchError('E_INPUT', `${where}: has no patch that can be used`, {
    entry: where,
    help: 'name the folder with the .vpa files, and whose signatures you trust',
  });
}
