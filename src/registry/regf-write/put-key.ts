/** One key: its node, and all that belongs to it alone. */
import {
  KEY_COMP_NAME,
  KEY_HIVE_ENTRY,
  KEY_NO_DELETE,
  KEY_SYM_LINK,
  LAYER_INHERIT_CLASS,
  nowhere,
} from '../regf/format.ts';
import type { Cells } from './cells.ts';
import { putName } from './names.ts';
import type { RegfFormat } from './options.ts';
import type { KeyPlan } from './plan.ts';
import { putSecurity } from './put-security.ts';
import { putSubkeys } from './put-subkeys.ts';
import { putValues } from './put-values.ts';

const keyNode = 0x6b6e; // 'nk'

/**
 * Writes the key's cells and remembers their offsets in the plan. A node points at what stands behind it, so those
 * offsets are right only from the second time on.
 */
export function putKey(cells: Cells, plan: KeyPlan, format: RegfFormat): void {
  putNode(cells, plan);
  if (plan.bringsSecurity) putSecurity(cells, plan.security);
  if (plan.className !== '') {
    plan.classAt = cells.open(plan.className.length * 2);
    cells.utf16(plan.className);
  }
  plan.valuesAt = putValues(cells, plan.key.values, format.minor);
  plan.keysAt = putSubkeys(cells, plan.children, format.minor);
}

function putNode(cells: Cells, plan: KeyPlan): void {
  const { stored, className } = plan;
  plan.at = cells.open(76 + stored.size);
  if (!cells.writing) return;
  cells.u16(keyNode); //                              0 - Signature
  cells.u16(flagsOf(plan)); //                        2 - Flags
  cells.u64(plan.lastWrite); //                       4 - Last written timestamp
  cells.u32(layerOf(plan)); //                       12 - Access bits; layered key bits
  cells.u32(plan.parent?.at ?? nowhere); //          16 - Parent
  cells.u32(plan.children.length); //                20 - Number of subkeys
  cells.u32(0); //                                   24 - Number of volatile subkeys
  cells.u32(plan.keysAt); //                         28 - Subkeys list offset
  cells.u32(nowhere); //                             32 - Volatile subkeys list offset
  cells.u32(plan.key.values.size); //                36 - Number of key values
  cells.u32(plan.valuesAt); //                       40 - Key values list offset
  cells.u32(plan.security.at); //                    44 - Key security offset
  cells.u32(plan.classAt); //                        48 - Class name offset
  cells.u32(largest(plan.children, nameSize)); //    52 - Largest subkey name; the upper half is flags
  cells.u32(largest(plan.children, classSize)); //   56 - Largest subkey class name
  cells.u32(plan.largestValueName); //               60 - Largest value name
  cells.u32(plan.largestValueData); //               64 - Largest value data
  cells.u32(0); //                                   68 - WorkVar
  cells.u16(stored.size); //                           72 - Key name length
  cells.u16(className.length * 2); //                74 - Class name length
  putName(cells, stored); //                           76 - Key name
}

function flagsOf(plan: KeyPlan): number {
  return (
    (plan.parent === null ? KEY_HIVE_ENTRY | KEY_NO_DELETE : 0) |
    (plan.stored.compressed ? KEY_COMP_NAME : 0) |
    (plan.key.attributes?.link === true ? KEY_SYM_LINK : 0)
  );
}

/** In a layer, a key that says nothing of its class leaves the class that is below. */
function layerOf(plan: KeyPlan): number {
  return (plan.inheritsClass ? plan.layer | LAYER_INHERIT_CLASS : plan.layer) << 8;
}

const nameSize = (plan: KeyPlan): number => plan.name.length * 2;
const classSize = (plan: KeyPlan): number => plan.className.length * 2;

function largest(plans: readonly KeyPlan[], size: (plan: KeyPlan) => number): number {
  let most = 0;
  for (const plan of plans) most = Math.max(most, size(plan));
  return most;
}
