/** What two states of one entry differ by. */
import { sameMeta } from '../layer/inventory.ts';
import type { Entry } from '../layer/layer.ts';
import type { Change } from './change.ts';

/** The difference of two entries of one name, or null where there is none. */
export function changeOf(old: Entry | null | undefined, now: Entry | null | undefined): Change | null {
  const coding = { encoding: [], payload: 0 };
  if (old && now) {
    if (sameMeta(old.meta, now.meta)) return null;
    return { kind: 'modify', name: now.name, before: old.meta, after: now.meta, ...coding };
  }
  if (now) return { kind: 'add', name: now.name, before: null, after: now.meta, ...coding };
  if (old) return { kind: 'remove', name: old.name, before: old.meta, after: null, ...coding };
  return null;
}
