/** What will be written: every key in the order of the file, checked, with its sorted subkeys and shared security. */
import type { RegistryKey } from '../hive.ts';
import { sortedNames } from '../key.ts';
import { LAYER_SUPERSEDE_TREE, LAYER_TOMBSTONE, layeredSince, nowhere } from '../regf/format.ts';
import { checkKey, largestValue, type Place } from './check-key.ts';
import { type StoredName, storedName } from './names.ts';
import type { RegfFormat } from './options.ts';
import { createSecurityTable, type SecurityPlan, type SecurityTable } from './security-table.ts';

interface KeyPlace extends Place {
  readonly parent: KeyPlan | null;
  readonly folded: string;
}

export interface KeyPlan extends KeyPlace {
  readonly key: RegistryKey;
  readonly stored: StoredName;
  readonly className: string;
  readonly lastWrite: bigint;
  readonly security: SecurityPlan;
  /** Whether the cell of its descriptor stands behind it. */
  readonly bringsSecurity: boolean;
  /** Layer semantics, in a layered hive; 0 elsewhere. */
  readonly layer: number;
  /** In a layer: the class is that of the key below. */
  readonly inheritsClass: boolean;
  /** UTF-16 bytes. */
  readonly largestValueName: number;
  /** Bytes. */
  readonly largestValueData: number;
  /** Sorted by folded name. */
  children: readonly KeyPlan[];
  /** Offsets of cells, once known. */
  at: number;
  classAt: number;
  valuesAt: number;
  keysAt: number;
}

/** The first is the root; each stands in front of its subkeys. Errors are those of `formatRegf`. */
export function planKeys(root: RegistryKey, format: RegfFormat): readonly KeyPlan[] {
  const securityOf = createSecurityTable();
  const order: KeyPlan[] = [];
  const place = { parent: null, name: format.rootName, folded: '', depth: 0 };
  const waiting = [planKey(root, place, format, securityOf)];
  for (let plan = waiting.pop(); plan !== undefined; plan = waiting.pop()) {
    order.push(plan);
    plan.children = planChildren(plan, format, securityOf);
    for (let at = plan.children.length - 1; at >= 0; at--) {
      const child = plan.children[at];
      if (child !== undefined) waiting.push(child);
    }
  }
  return order;
}

function planChildren(parent: KeyPlan, format: RegfFormat, securityOf: SecurityTable): KeyPlan[] {
  const plans: KeyPlan[] = [];
  for (const folded of sortedNames(parent.key.keys)) {
    const key = parent.key.keys.get(folded);
    if (key === undefined) continue;
    const place = { parent, name: key.name, folded, depth: parent.depth + 1 };
    plans.push(planKey(key, place, format, securityOf));
  }
  return plans;
}

function planKey(key: RegistryKey, place: KeyPlace, format: RegfFormat, securityOf: SecurityTable): KeyPlan {
  const { parent, name, folded, depth } = place;
  checkKey(key, place, format);
  const values = largestValue(key, place, format);
  const security = securityOf(key.attributes?.security ?? format.security);
  const className = key.attributes?.className ?? '';
  const layer = layerOf(key, parent);
  return {
    parent,
    name,
    folded,
    depth,
    key,
    stored: storedName(name),
    className,
    lastWrite: key.lastWrite ?? format.lastWrite,
    security,
    bringsSecurity: security.users === 1,
    layer,
    inheritsClass: format.minor >= layeredSince && parent !== null && layer === 0 && className === '',
    largestValueName: values.name,
    largestValueData: values.data,
    children: [],
    at: nowhere,
    classAt: nowhere,
    valuesAt: nowhere,
    keysAt: nowhere,
  };
}

/** All keys below an opaque one hide what is below too, and Windows wants that said of each. */
function layerOf(key: RegistryKey, parent: KeyPlan | null): number {
  if (key.kind === 'delete-entry') return LAYER_TOMBSTONE;
  return key.kind === 'opaque' || parent?.layer === LAYER_SUPERSEDE_TREE ? LAYER_SUPERSEDE_TREE : 0;
}
