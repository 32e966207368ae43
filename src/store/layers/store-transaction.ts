/** One transaction on a store: what becomes of one layer, or of several, all of it or nothing. */
import { join } from 'node:path';
import { PatchError, fromSystem } from '../../errors.ts';
import { type Drafts, createDrafts } from '../drafts.ts';
import type { Part } from '../plan-files.ts';
import { type Flusher, createFlusher } from '../transaction/flush.ts';
import type { PatchFacts } from '../transaction/record.ts';
import type { Outcome } from '../transaction/transaction.ts';
import { type StoreClaim, claimStore } from './claim-store.ts';
import { layerNumbers, workOf } from './layout.ts';
import { recoverStore } from './recover-store.ts';

/** What becomes of one layer. */
export interface LayerStep {
  readonly parts: readonly Part[];
  readonly facts: PatchFacts;
  /** Called when all of it is done; an error changes nothing any more. */
  readonly done: (claimed: StoreClaim, drafts: Drafts) => Promise<void>;
}

export interface StoreTransaction {
  readonly flusher: Flusher;
  /** Brings to its end what a killed run has left; nothing where the store is claimed by this already. */
  settle(): Promise<void>;
  /** The same claim each time. E_BUSY while another run is at work in the store. */
  claim(): Promise<StoreClaim>;
  /** The same ones each time; when it is claimed. */
  drafts(): Drafts;
  /** The path of a folder in the work folder that nothing has yet. */
  reserveTree(): string;
  /** The number for another new layer. */
  nextLayer(): number;
  /** E_CONFLICT for something that an earlier step puts in its place, too. */
  add(step: LayerStep): void;
  /** Does all that was added, or nothing; nothing where nothing was. */
  execute(signal: AbortSignal): Promise<void>;
  /** Gives the claim back, and drops what was added and not carried out. May be called twice. */
  end(): Promise<void>;
}

export interface TransactionOptions {
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
  /** Called when something that a killed run had left was brought to its end. */
  readonly onRecovered?: ((outcome: Outcome) => void) | undefined;
}

export function openTransaction(
  store: string,
  { durable = true, onRecovered }: TransactionOptions = {},
): StoreTransaction {
  const flusher = createFlusher(durable);
  const steps: LayerStep[] = [];
  let claimed: StoreClaim | null = null;
  let drafts: Drafts | null = null;
  let [trees, layers] = [0, 0];
  return {
    flusher,
    async settle() {
      const outcome = claimed === null ? await recoverStore(store, { durable }) : null;
      if (outcome !== null) onRecovered?.(outcome);
    },
    claim: async () => (claimed ??= await claimStore(store, { flusher, onRecovered })),
    drafts: () => (drafts ??= createDrafts({ work: workOf(store), flusher, keep: null })),
    reserveTree: () => join(workOf(store), `tree-${++trees}`),
    nextLayer: () => (layerNumbers(store).at(-1) ?? 0) + ++layers,
    add(step) {
      assertApart(steps, step);
      steps.push(step);
    },
    async execute(signal) {
      if (steps.length === 0) return;
      if (claimed === null || drafts === null)
        throw new PatchError('E_STAGE', 'the store was not claimed before the commit');
      try {
        await drafts.flush();
        const parts = steps.flatMap((step) => step.parts);
        await claimed.execute(parts, factsOf(steps), signal);
        for (const { done } of steps) await done(claimed, drafts);
      } catch (error) {
        throw fromSystem(error, 'write', store);
      }
    },
    async end() {
      const given = claimed;
      [claimed, drafts] = [null, null];
      [steps.length, trees, layers] = [0, 0, 0];
      await given?.release();
    },
  };
}

/** Gives a transaction to whoever adds to it (`openStorePlace`), and carries it out behind that. */
export async function inOneTransaction<T>(
  store: string,
  options: TransactionOptions,
  prepare: (transaction: StoreTransaction) => Promise<T>,
): Promise<T> {
  const transaction = openTransaction(store, options);
  try {
    const result = await prepare(transaction);
    await transaction.execute(options.signal ?? new AbortController().signal);
    return result;
  } finally {
    await transaction.end();
  }
}

function assertApart(steps: readonly LayerStep[], { parts, facts }: LayerStep): void {
  const places = (all: readonly Part[]): string[] => all.flatMap(({ puts }) => puts.map(({ path }) => path));
  const taken = new Set(places(steps.flatMap((step) => step.parts)));
  const twice = places(parts).find((path) => taken.has(path));
  if (twice === undefined) return;
  throw new PatchError('E_CONFLICT', `${twice}: is changed twice in one transaction`, {
    entry: twice,
    help: `apply the patch of ${facts.name || facts.id} by itself`,
  });
}

/** For people: of several layers, one behind the other. A version alone would not tell which layer's it is. */
function factsOf(steps: readonly LayerStep[]): PatchFacts {
  const all = steps.map(({ facts }) => facts);
  const [only, ...more] = all;
  if (only && more.length === 0) return only;
  const list = (text: (facts: PatchFacts) => string): string => all.map(text).join(', ');
  const named = ({ id, name }: PatchFacts, version: string): string => `${name || id} ${version}`.trim();
  return {
    id: list(({ id }) => id),
    name: list(({ name }) => name),
    from: list((facts) => named(facts, facts.from)),
    to: list((facts) => named(facts, facts.to)),
  };
}
