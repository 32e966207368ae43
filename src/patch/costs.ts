/** What each change takes of a patch: its own payload, or its part of the payload of its group. About, since frames are compressed whole. */
import type { Bytes } from '../bytes.ts';
import type { CodecContext } from '../delta/codec.ts';
import { type Account, accountsOf } from '../delta/cover/accounts.ts';
import type { Change } from './change.ts';
import { type FrameRecord, frameCount, frameSize } from './frames.ts';
import type { Group } from './group.ts';

/** The one codec that tells where its bytes went. */
const telling = 'cover/1';

export interface Cost {
  /** About how many bytes of the patch file. */
  readonly cost: number;
  /** Where the bytes of its content come from; null where that is not told. */
  readonly account: Account | null;
}

export interface Costly {
  readonly changes: readonly Change[];
  readonly groups: readonly (Group & { readonly bytes: Bytes })[];
  readonly frames: readonly FrameRecord[];
}

/** In the order of the changes. `payloads` has the payload of each change that has one of its own. E_FORMAT, E_DIGEST. */
export async function costsOf(
  { changes, groups, frames }: Costly,
  payloads: ReadonlyMap<Change, Bytes>,
  context: CodecContext,
): Promise<Cost[]> {
  const inChanges = frameCount(changes.reduce((sum, { payload }) => sum + payload, 0));
  const stored = storedOf(frames.slice(0, inChanges));
  const storedGroups = storedOf(frames.slice(inChanges));
  const members = await Promise.all(
    groups.map(async (group, number) => accountsOfGroup(group, number, changes, context)),
  );
  const groupStarts: number[] = [];
  let start = 0;
  for (const { payload } of groups) {
    groupStarts.push(start);
    start += payload;
  }
  const costs: Cost[] = [];
  let offset = 0;
  for (const change of changes) {
    const { group, payload, encoding } = change;
    if (group !== undefined) {
      const account = members[group]?.get(change) ?? null;
      const from = groupStarts[group] ?? 0;
      const whole = groups[group]?.payload ?? 0;
      const ratio = whole === 0 ? 0 : storedGroups(from, whole) / whole;
      costs.push({
        cost: Math.round((account?.cost ?? 0) * ratio),
        account: account?.told === true ? account : null,
      });
      continue;
    }
    const bytes = payloads.get(change);
    const known = encoding.length === 1 && encoding[0] === telling && bytes;
    const [account = null] = known
      ? await accountsOf(referenceSize(change), bytes, [sizeAfter(change)], context)
      : [];
    costs.push({ cost: Math.round(stored(offset, payload)), account });
    offset += payload;
  }
  return costs;
}

type MemberAccount = Account & { readonly told: boolean };

/** Where the codec does not tell, a member's part is as large as its size. */
async function accountsOfGroup(
  group: Group & { readonly bytes: Bytes },
  number: number,
  changes: readonly Change[],
  context: CodecContext,
): Promise<Map<Change, MemberAccount>> {
  const members = changes.filter((change) => change.group === number);
  const sizes = members.map(sizeAfter);
  const told = group.encoding.length === 1 && group.encoding[0] === telling;
  const reference = group.references.reduce((sum, { size }) => sum + size, 0);
  const accounts = told ? await accountsOf(reference, group.bytes, sizes, context) : [];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return new Map(
    members.map((member, at) => {
      const cost = total === 0 ? 0 : (group.payload * (sizes[at] ?? 0)) / total;
      return [member, { ...(accounts[at] ?? { cost, old: 0, fresh: 0, freshCost: 0 }), told }];
    }),
  );
}

/** How many bytes of the archive a run of payload takes, if a frame takes as much for one byte as for another. */
function storedOf(frames: readonly FrameRecord[]): (offset: number, length: number) => number {
  return (offset, length) => {
    let sum = 0;
    for (let at = offset; at < offset + length;) {
      const index = Math.floor(at / frameSize);
      const end = Math.min(offset + length, (index + 1) * frameSize);
      const frame = frames[index];
      if (frame && frame.size > 0) sum += ((end - at) * frame.stored) / frame.size;
      at = end;
    }
    return sum;
  };
}

function referenceSize({ reference, before }: Change): number {
  return reference?.size ?? (before?.type === 'file' ? before.size : 0);
}

function sizeAfter({ after }: Change): number {
  return after?.type === 'file' ? after.size : 0;
}
