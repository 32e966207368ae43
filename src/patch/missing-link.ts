/** Says what is missing where no road leads to a version. */
import { PatchError } from '../errors.ts';
import type { State } from './manifest.ts';
import { type Step, placesOf } from './order-steps.ts';
import { type Wanted, compareVersions } from './versions.ts';

/** `reached`: the places that can be reached. */
export function missingLink(
  patches: readonly Step[],
  from: State,
  wanted: Wanted,
  reached: ReadonlySet<string>,
): PatchError {
  const place = placesOf(patches);
  const states = [from, ...patches.flatMap(({ manifest }) => [manifest.base, manifest.target])];
  const goals = states.filter(({ version }) => wanted.matches(version));
  const made = inOrder(patches.map(({ manifest }) => manifest.target.version));
  if (goals.length === 0) {
    return refusal(
      `no patch leads to ${wanted.text}; there are patches to ${made.join(', ')}`,
      'get the patches that lead there',
    );
  }
  const before = leadingTo(patches, new Set(goals.map(place)), place);
  const reach = inOrder(states.filter((state) => reached.has(place(state))).map(({ version }) => version));
  const rest = inOrder(states.filter((state) => before.has(place(state))).map(({ version }) => version));
  const goal = inOrder(goals.map(({ version }) => version)).at(-1) ?? wanted.text;
  const [end, start] = nearest(reach, rest);
  const far = reach.length === 1 ? 'no patch starts there' : `patches reach ${reach.join(', ')}`;
  const missing =
    end === start
      ? `the ${end} that patches make is not the ${start} that others start from`
      : `a patch ${end} → ${start} is missing`;
  return refusal(
    `no road from ${from.version} to ${goal}: ${far}; ${missing}`,
    'get the patch that is missing',
  );
}

/** Places from which patches lead to one of the goals, the goals included. */
function leadingTo(
  patches: readonly Step[],
  goals: ReadonlySet<string>,
  place: (state: State) => string,
): Set<string> {
  const found = new Set(goals);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { manifest } of patches)
      if (found.has(place(manifest.target))) found.add(place(manifest.base));
  }
  return found;
}

/** The pair with the fewest versions between them, the later one ahead; of such, the newest. */
function nearest(reach: readonly string[], rest: readonly string[]): readonly [end: string, start: string] {
  const all = inOrder([...reach, ...rest]);
  const pairs = reach.flatMap((end) =>
    rest.map((start) => ({ end, start, gap: all.indexOf(start) - all.indexOf(end), at: all.indexOf(end) })),
  );
  const cost = ({ gap }: { readonly gap: number }): number => (gap < 0 ? all.length - gap : gap);
  const [best] = pairs.sort((a, b) => cost(a) - cost(b) || b.at - a.at);
  return [best?.end ?? '', best?.start ?? ''];
}

function inOrder(versions: readonly string[]): string[] {
  return [...new Set(versions)].sort((a, b) => compareVersions(a, b) ?? 0);
}

function refusal(message: string, help: string): PatchError {
  return new PatchError('E_INPUT', message, { help });
}
