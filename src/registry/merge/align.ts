/** Which elements of one list stand in another, in order. */

/** More cells than this are not compared. */
const cellLimit = 1 << 22;

/**
 * For each element of `from` where it stands in `to`, or -1: a longest common subsequence, the same one every time.
 * Null where the lists are too long to find it.
 */
export function align(from: readonly string[], to: readonly string[]): number[] | null {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  const rest = Math.min(from.length, to.length) - start;
  while (end < rest && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  const [rows, columns] = [from.length - start - end, to.length - start - end];
  if ((rows + 1) * (columns + 1) > cellLimit) return null;
  const middle = longest(from.slice(start, start + rows), to.slice(start, start + columns));
  return from.map((_, at) => {
    if (at < start) return at;
    if (at >= start + rows) return at + to.length - from.length;
    const found = middle[at - start] ?? -1;
    return found < 0 ? -1 : found + start;
  });
}

function longest(from: readonly string[], to: readonly string[]): number[] {
  const width = to.length + 1;
  // lengths[row * width + column]: of the longest one in what stands from there on.
  const lengths = new Uint32Array((from.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = from.length - 1; row >= 0; row--) {
    for (let column = to.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        from[row] === to[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const found = from.map(() => -1);
  for (let row = 0, column = 0; row < from.length && column < to.length;) {
    if (from[row] === to[column]) found[row++] = column++;
    else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return found;
}
