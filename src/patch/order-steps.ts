/** Puts patches into the order in which one leads to the next, whatever order they were given in. */
import { PatchError } from '../errors.ts';
import type { Manifest, State } from './manifest.ts';
import { compareVersions } from './versions.ts';

/** One of several patches that are applied as one. */
export interface Step {
  /** What people call it: the path of its file. */
  readonly label: string;
  readonly manifest: Pick<Manifest, 'application' | 'base' | 'target' | 'rules'>;
}

/**
 * What a state is among some patches: its digest. A patch that changes only what a state digest does not see (modes, the
 * version) leads back to the same digest; there the version's text counts, too, since nothing else tells before from after.
 */
export function placesOf(steps: readonly Pick<Step, 'manifest'>[]): (state: State) => string {
  const still = new Set(
    steps.flatMap(({ manifest: { base, target } }) => (base.digest === target.digest ? [base.digest] : [])),
  );
  return ({ digest, version }) => (still.has(digest) ? `${digest} ${version}` : digest);
}

/**
 * The patches, each behind the one that makes the state that it starts from. E_INPUT where they are no such line, with
 * what is in the way: a link that is missing, two that start or end at the same state, a circle, another application's.
 */
export function orderSteps<One extends Step>(steps: readonly One[]): One[] {
  assertOneApplication(steps);
  const [line = [], ...others] = linesOf(steps);
  if (others.length > 0) throw missingLink([line, ...others]);
  return line;
}

/** Patches of any applications, as the lines that they make; the line of the first patch comes first. E_INPUT as above, but for what makes several lines. */
export function linesOf<One extends Step>(steps: readonly One[]): One[][] {
  const ids = [...new Set(steps.map(({ manifest }) => manifest.application.id))];
  const lines = ids.flatMap((id) =>
    linesOfOne(steps.filter(({ manifest }) => manifest.application.id === id)),
  );
  const first = (line: readonly One[]): number => Math.min(...line.map((step) => steps.indexOf(step)));
  return lines.sort((a, b) => first(a) - first(b));
}

function linesOfOne<One extends Step>(steps: readonly One[]): One[][] {
  const place = placesOf(steps);
  const from = new Map<string, One>();
  const into = new Map<string, One>();
  for (const step of steps) {
    const { base, target } = step.manifest;
    assertAlone(step, from.get(place(base)), into.get(place(target)));
    from.set(place(base), step);
    into.set(place(target), step);
  }
  const lines = steps
    .filter(({ manifest }) => !into.has(place(manifest.base)))
    .map((first) => {
      const line: One[] = [];
      for (let at: One | undefined = first; at; at = from.get(place(at.manifest.target))) line.push(at);
      return line;
    });
  const round = steps.filter((step) => !lines.some((line) => line.includes(step)));
  if (round.length === 0) return lines;
  throw refusal(
    `${round.map(({ label }) => label).join(', ')}: lead round in a circle`,
    'leave out the one that leads back',
  );
}

function assertOneApplication(steps: readonly Step[]): void {
  const [first] = steps;
  const other = steps.find(({ manifest }) => manifest.application.id !== first?.manifest.application.id);
  if (!first || !other) return;
  const name = ({ label, manifest }: Step): string => `${label} is for ${manifest.application.id}`;
  throw refusal(
    `the patches are for different applications: ${name(first)}, ${name(other)}`,
    'apply the patches of each application by themselves',
  );
}

function assertAlone(step: Step, sameBase: Step | undefined, sameTarget: Step | undefined): void {
  const { base, target } = step.manifest;
  if (sameBase && sameBase === sameTarget) {
    throw refusal(
      `${sameBase.label} and ${step.label} are the same step, ${base.version} → ${target.version}`,
      'leave one of them out',
    );
  }
  if (sameBase) {
    throw refusal(
      `${sameBase.label} and ${step.label} both start from ${base.version}, to ${sameBase.manifest.target.version} and to ${target.version}`,
      'leave out the one that leads elsewhere',
    );
  }
  if (sameTarget) {
    throw refusal(
      `${sameTarget.label} and ${step.label} both lead to ${target.version}, from ${sameTarget.manifest.base.version} and from ${base.version}`,
      'leave out the one that starts elsewhere',
    );
  }
}

/** Between the ends of lines that should have been one. */
function missingLink(lines: readonly (readonly Step[])[]): PatchError {
  const sorted = lines.toSorted(
    ([a], [b]) => (a && b && compareVersions(a.manifest.base.version, b.manifest.base.version)) ?? 0,
  );
  const gaps = sorted.slice(1).map((line, at) => {
    const [last, next] = [sorted[at]?.at(-1), line[0]];
    return last && next ? gapText(last, next) : '';
  });
  return refusal(
    `the patches do not follow each other: ${gaps[0] ?? ''}`,
    'add the patch that is missing, or leave out what does not belong to it',
    gaps,
  );
}

function gapText(last: Step, next: Step): string {
  const [end, start] = [last.manifest.target, next.manifest.base];
  if (end.version !== start.version)
    return `${last.label} ends at ${end.version}, ${next.label} starts from ${start.version}; a patch ${end.version} → ${start.version} is missing`;
  const rules = JSON.stringify(last.manifest.rules) === JSON.stringify(next.manifest.rules);
  const why = rules ? '' : ' (they were made with different rules: apply them one after the other)';
  return `the ${end.version} that ${last.label} makes is not the ${start.version} that ${next.label} starts from${why}`;
}

function refusal(message: string, help: string, details: readonly string[] = []): PatchError {
  return new PatchError('E_INPUT', message, { help, ...(details.length > 1 && { details }) });
}
