/** Why the files that take most of a patch do: what the patch tells, and, where they are at hand, the files themselves. */
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';
import type { Bytes } from '../bytes.ts';
import type { EntryName } from '../layer/name.ts';
import type { Cost } from '../patch/costs.ts';
import type { Change } from '../patch/change.ts';
import { type Reason, explain } from '../patch/explain.ts';
import { printable } from './printable.ts';
import type { PatchFacts } from './read-patch.ts';
import { formatShare, formatSize } from './units.ts';

/** How many files are explained, and how much of a content is looked at: pieces of its beginning, middle and end. */
const explained = 20;
const probed = 256 << 10;

export interface ExplanationReport {
  readonly name: string;
  readonly cost: number;
  readonly reasons: readonly Reason[];
  readonly text: string;
}

/** `contentOf` gives the new content of an entry, where it is at hand. */
export async function explainPatch(
  { changes, groups, payloads }: Pick<PatchFacts, 'changes' | 'groups' | 'payloads'>,
  costs: readonly Cost[],
  contentOf: (name: EntryName) => Promise<Bytes | null> = async () => null,
): Promise<ExplanationReport[]> {
  const largest = changes
    .map((change, at) => ({ change, cost: costs[at]?.cost ?? 0, account: costs[at]?.account ?? null }))
    .filter(({ change, cost }) => cost > 0 && change.after?.type === 'file')
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, explained);
  const reports: ExplanationReport[] = [];
  for (const { change, cost, account } of largest) {
    const size = change.after?.type === 'file' ? change.after.size : 0;
    const content = (await contentOf(change.name)) ?? wholeContent(change, payloads);
    const density = account ? (account.fresh === 0 ? 0 : account.freshCost / account.fresh) : null;
    const { reasons, text } = explain({
      size,
      cost,
      referenced: isReferenced(change, groups, account?.old ?? null),
      old: account?.old ?? null,
      fresh: account?.fresh ?? null,
      density: density ?? (content && (await densityOf(content))),
      beginning: content && (await content.read(0, Math.min(32, content.size))),
    });
    reports.push({ name: change.name, cost, reasons, text });
  }
  return reports;
}

export function explanationLines(explanations: readonly ExplanationReport[], size: number): string[] {
  if (explanations.length === 0) return [];
  const lines = explanations.map(
    ({ name, cost, text }) =>
      `  ${printable(name)}: about ${formatSize(cost)}, ${formatShare(cost, size)} of the patch: ${text}`,
  );
  return ['', 'why they take so much', ...lines];
}

/** A file that is carried whole is its own payload. */
function wholeContent(change: Change, payloads: ReadonlyMap<Change, Bytes>): Bytes | null {
  return change.encoding.length === 0 ? (payloads.get(change) ?? null) : null;
}

/** A new file may share a group with others: then it is like an old file if anything of it comes from one. */
function isReferenced(change: Change, groups: PatchFacts['groups'], old: number | null): boolean {
  if (change.before?.type === 'file' || change.reference !== undefined) return true;
  const references = change.group === undefined ? 0 : (groups[change.group]?.references.length ?? 0);
  return references > 0 && old !== 0;
}

const compress = promisify(brotliCompress);

async function densityOf(content: Bytes): Promise<number> {
  const length = Math.min(probed, content.size);
  const starts = new Set([0, Math.floor((content.size - length) / 2), content.size - length]);
  const pieces: Uint8Array[] = [];
  for (const start of starts) pieces.push(await content.read(start, length));
  const sample = Buffer.concat(pieces);
  const small = await compress(sample, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  return sample.length === 0 ? 0 : small.length / sample.length;
}
