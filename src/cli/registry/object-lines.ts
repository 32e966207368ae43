/** Services, file associations and the like that changed, for people. */
import { describeObject } from '../../registry/objects/describe.ts';
import type { ObjectChange } from '../../registry/objects/object.ts';
import { colors } from '../colors.ts';
import { printable } from '../printable.ts';

const signs = { added: '+', changed: '~', removed: '-' } as const;
const paints = { added: colors.green, changed: colors.yellow, removed: colors.red } as const;

/** One line each, behind an empty one; none where there is nothing. */
export function objectLines(changes: readonly ObjectChange[]): string[] {
  if (changes.length === 0) return [];
  return [
    '',
    ...changes.map((one) => paints[one.change](printable(`  ${signs[one.change]} ${describeObject(one)}`))),
  ];
}
