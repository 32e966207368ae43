/** Any application: nothing is excluded, nothing is volatile. */
import type { Family } from './family.ts';

export const generic: Family = { name: 'generic', excludes: [], volatile: [], variables: [] };
