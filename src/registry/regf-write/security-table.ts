/** Finds equal security descriptors, so that keys share one cell. */
import { nowhere } from '../regf/format.ts';

export interface SecurityPlan {
  readonly descriptor: Uint8Array;
  /** How many keys have it. */
  users: number;
  /** Its neighbours in the ring of all descriptors; itself where it is the only one. */
  next: SecurityPlan;
  previous: SecurityPlan;
  /** Offset of its cell, once known. */
  at: number;
}

/** Each call counts one more key that has the descriptor. */
export type SecurityTable = (descriptor: Uint8Array) => SecurityPlan;

export function createSecurityTable(): SecurityTable {
  // Most keys of a hive that was read share the very array, and need no look at its bytes.
  const byArray = new Map<Uint8Array, SecurityPlan>();
  const byBytes = new Map<string, SecurityPlan>();
  let first: SecurityPlan | null = null;

  function add(descriptor: Uint8Array): SecurityPlan {
    const plan = new LonelyPlan(descriptor);
    first ??= plan;
    insertBefore(first, plan);
    return plan;
  }

  return (descriptor) => {
    let plan = byArray.get(descriptor);
    if (plan === undefined) {
      const bytes = Buffer.from(descriptor).toString('latin1');
      plan = byBytes.get(bytes) ?? add(descriptor);
      byBytes.set(bytes, plan);
      byArray.set(descriptor, plan);
    }
    plan.users++;
    return plan;
  };
}

/** A ring of one. */
class LonelyPlan implements SecurityPlan {
  readonly descriptor: Uint8Array;
  users = 0;
  next: SecurityPlan = this;
  previous: SecurityPlan = this;
  at = nowhere;

  constructor(descriptor: Uint8Array) {
    this.descriptor = descriptor;
  }
}

function insertBefore(first: SecurityPlan, plan: SecurityPlan): void {
  if (first === plan) return;
  plan.next = first;
  plan.previous = first.previous;
  plan.previous.next = plan;
  first.previous = plan;
}
