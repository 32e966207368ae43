/** What groups must say to make sense beside the changes (FORMAT §5.3). */
import { tooLarge } from '../bytes.ts';
import type { Change } from './change.ts';
import type { Group } from './group.ts';
import type { Limits } from './limits.ts';
import { malformed } from './schema.ts';

/** E_FORMAT for a group that nothing is in, that nothing codes, that is not there, or that refers to a file twice; E_LIMIT for too much. */
export function assertGroups(
  groups: readonly Group[],
  changes: readonly Change[],
  limits: Limits,
  what: string,
): void {
  const sizes = contentSizes(groups.length, changes, what);
  const referred =
    groups.reduce((sum, { references }) => sum + references.length, 0) +
    changes.filter(({ reference }) => reference !== undefined).length;
  if (referred > limits.changes) throw tooLarge('the list of references', referred, limits.changes);
  groups.forEach(({ encoding, payload, references }, index) => {
    const size = sizes[index] ?? 0;
    if (size === 0) throw malformed(what, `groups[${index}]: it has no content`);
    if (size > limits.file) throw tooLarge(`groups[${index}]`, size, limits.file);
    if (encoding.length !== 1) throw malformed(what, `groups[${index}].encoding: it is not one codec`);
    if (new Set(references.map(({ name }) => name)).size < references.length)
      throw malformed(what, `groups[${index}].references: one occurs twice`);
    if (payload === 0) throw malformed(what, `groups[${index}].payload: it is empty`);
  });
}

/** The sum of the contents in each group, in bytes. E_FORMAT for a change in a group that is not there. */
export function contentSizes(count: number, changes: readonly Change[], what: string): number[] {
  const sizes = Array.from({ length: count }, () => 0);
  for (const { name, group, after } of changes) {
    if (group === undefined) continue;
    const size = sizes[group];
    if (size === undefined) throw malformed(what, `${name}: there is no group ${group}`, name);
    sizes[group] = size + (after?.type === 'file' ? after.size : 0);
  }
  return sizes;
}
