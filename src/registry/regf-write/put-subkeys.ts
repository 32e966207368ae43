/** Lists of subkeys, sorted by folded name. */
import { hashLeafSince, nowhere } from '../regf/format.ts';
import type { Cells } from './cells.ts';
import { nameHash, nameHint } from './names.ts';
import type { KeyPlan } from './plan.ts';

/** What fits into one page, as in Windows. */
const leafLength = 507;

const hashLeaf = 0x686c; //  'lh'
const fastLeaf = 0x666c; //  'lf'
const indexLeaf = 0x696c; // 'li'
const indexRoot = 0x6972; // 'ri'

/** Gives the list's offset: a leaf, or a root of leaves where one is too short. */
export function putSubkeys(cells: Cells, keys: readonly KeyPlan[], minor: number): number {
  if (keys.length === 0) return nowhere;
  const leaves: number[] = [];
  for (let from = 0; from < keys.length; from += leafLength) {
    const some = keys.slice(from, from + leafLength);
    if (minor >= hashLeafSince) leaves.push(putHashLeaf(cells, some));
    // Before there were hash leaves, Windows put plain ones below a root.
    else if (keys.length > leafLength) leaves.push(putIndex(cells, indexLeaf, offsetsOf(some)));
    else leaves.push(putFastLeaf(cells, some));
  }
  const [only] = leaves;
  return leaves.length === 1 && only !== undefined ? only : putIndex(cells, indexRoot, leaves);
}

function putHashLeaf(cells: Cells, keys: readonly KeyPlan[]): number {
  const at = cells.open(4 + keys.length * 8);
  if (!cells.writing) return at;
  cells.u16(hashLeaf); //               0 - Signature
  cells.u16(keys.length); //            2 - Number of elements
  for (const key of keys) {
    cells.u32(key.at); //               0 - Key node offset
    cells.u32(nameHash(key.folded)); // 4 - Name hash
  }
  return at;
}

function putFastLeaf(cells: Cells, keys: readonly KeyPlan[]): number {
  const at = cells.open(4 + keys.length * 8);
  if (!cells.writing) return at;
  cells.u16(fastLeaf); //                 0 - Signature
  cells.u16(keys.length); //              2 - Number of elements
  for (const key of keys) {
    cells.u32(key.at); //                 0 - Key node offset
    cells.u32(nameHint(key.name)); // 4 - Name hint
  }
  return at;
}

/** An index leaf (of keys) or an index root (of leaves). */
function putIndex(cells: Cells, signature: number, offsets: readonly number[]): number {
  const at = cells.open(4 + offsets.length * 4);
  cells.u16(signature); //                     0 - Signature
  cells.u16(offsets.length); //                2 - Number of elements
  for (const offset of offsets) cells.u32(offset);
  return at;
}

function offsetsOf(keys: readonly KeyPlan[]): number[] {
  return keys.map((key) => key.at);
}
