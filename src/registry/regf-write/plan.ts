/** What will be written: every key in the order of the file, checked, with its sorted subkeys and shared security. */
import { PatchError } from '../../errors.ts';
import type { RegistryKey } from '../hive.ts';
import { sortedNames } from '../key.ts';
import { registryLimits } from '../limits.ts';
import { LAYER_SUPERSEDE_TREE, LAYER_TOMBSTONE, nowhere } from '../regf/format.ts';
import { checkKey, checkValues } from './check-key.ts';
import { type StoredName, storedName } from './names.ts';
import { layeredSince, type RegfFormat } from './options.ts';
import type { SecurityPlan } from './put-security.ts';
import { createSecurityTable } from './security-table.ts';

export interface KeyPlan {
  readonly key: RegistryKey;
  readonly parent: KeyPlan | null;
  readonly depth: number;
  readonly name: StoredName;
  readonly folded: string;
  readonly className: string;
  readonly lastWrite: bigint;
  /** Layer semantics, in a layered hive. */
  readonly layer: number;
  readonly inheritsClass: boolean;
  /** UTF-16 bytes. */
  readonly largestValueName: number;
  /** Bytes. */
  readonly largestValueData: number;
  children: readonly KeyPlan[];
  security: SecurityPlan;
  /** Offsets of cells, once known. */
  at: number;
  classAt: number;
  valuesAt: number;
  keysAt: number;
}

/** The first is the root; each stands in front of its subkeys. Errors are those of `formatRegf`. */
export function planKeys(root: RegistryKey, format: RegfFormat): readonly KeyPlan[] {
  const securityOf = createSecurityTable(format.security);
  const order: KeyPlan[] = [];
  const waiting = [planKey({ ...root, name: format.rootName }, '', null, format)];
  for (let plan = waiting.pop(); plan !== undefined; plan = waiting.pop()) {
    order.push(plan);
    plan.security = securityOf(plan);
    plan.children = planChildren(plan, format);
    for (let at = plan.children.length - 1; at >= 0; at--) {
      const child = plan.children[at];
      if (child !== undefined) waiting.push(child);
    }
  }
  return order;
}
