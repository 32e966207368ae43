/** Reads a patch without applying it: its plan, its signatures, and what its registry deltas do. */
import { unpack, verify, type VerifyOptions } from '../../plugins/index.ts';
import { type Bytes, chunksOf } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { inline } from '../exec/inline.ts';
import { openFile } from '../layer/file-bytes.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import type { Change } from '../patch/change.ts';
import { type Cost, costsOf } from '../patch/costs.ts';
import { registryEncoding } from '../patch/hive-delta.ts';
import { defaultLimits } from '../patch/limits.ts';
import { parseSignaturePart } from '../patch/part-names.ts';
import { decodeDelta } from '../registry/delta/decode-delta.ts';
import { type DeltaCount, countDelta } from '../registry/delta/delta.ts';
import { bytesOfFile, contentsOf, isChange, isPart, isPlan, streamOf } from '../stream/file.ts';
import { openArchiveFile } from '../stream/open-archive-file.ts';
import type { Plan } from '../stream/plan.ts';
import { type Stage, stage } from '../stream/stage.ts';
import { addCounts, noCounts } from './registry-counts.ts';
import type { Session } from './session.ts';

export interface PatchFacts extends Plan {
  /** Size of the file in bytes. */
  readonly size: number;
  /** Key ids of all signatures, trusted or not, in the order of the file. */
  readonly signatures: readonly string[];
  readonly registry: DeltaCount;
  /** The payloads of the changes that have one of their own; read and checked when they are needed. */
  readonly payloads: ReadonlyMap<Change, Bytes>;
}

export interface ReadPatchOptions extends VerifyOptions {
  /** Reads every payload to its end, so that every digest is compared. */
  readonly whole?: boolean;
}

/** For looking at a patch: nobody needs to have signed it, and it may have expired. */
export const unchecked: VerifyOptions = { allowUnsigned: true, now: new Date(-8.64e15) };

export async function readPatch(
  session: Session,
  path: string,
  { whole = false, ...options }: ReadPatchOptions,
): Promise<PatchFacts> {
  const signatures: string[] = [];
  const payloads = new Map<Change, Bytes>();
  let plan: Plan | undefined;
  let registry = noCounts;
  let done = 0;
  const chain = [openArchiveFile(path), unpack(options), listSignatures(signatures), verify(options)];
  await session.run(
    chain,
    async (file) => {
      if (isPlan(file)) plan = file.plan;
      if (!isChange(file)) return;
      const { name, encoding } = file.change;
      const bytes = bytesOfFile(file);
      if (bytes && bytes.size > 0) payloads.set(file.change, bytes);
      if (hiveRootOf(name) !== null && encoding.includes(registryEncoding)) {
        registry = addCounts(registry, countDelta(decodeDelta(await contentsOf(file))));
      }
      if (!whole) return;
      for await (const piece of streamOf(file)) done += piece.length;
      const total = plan?.frames.reduce((sum, frame) => sum + frame.size, 0) ?? null;
      session.progress({ stage: 'verify', done, total, unit: 'bytes', label: name });
    },
    ['untrusted'],
  );
  if (!plan) throw new PatchError('E_FORMAT', `${path}: has no manifest`);
  // Whoever reads a payload compares the digests of its frames.
  for (const { bytes } of whole ? plan.groups : [])
    for await (const piece of chunksOf(bytes)) done += piece.length;
  return { ...plan, size: openFile(path).size, signatures, registry, payloads };
}

/** What each change takes of the patch, in their order. */
export async function patchCosts(session: Session, facts: PatchFacts): Promise<Cost[]> {
  const context = { signal: session.signal, executor: inline(), memoryLimit: defaultLimits.memory };
  return costsOf(facts, facts.payloads, context);
}

const listSignatures = (found: string[]): Stage =>
  stage('list-signatures', async function* (files) {
    for await (const file of files) {
      const keyId = isPart(file) ? parseSignaturePart(file.part) : null;
      if (keyId !== null) found.push(keyId);
      yield file;
    }
  });
