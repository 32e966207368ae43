/** Globs of one registry name: `*` is any text, every other character is itself. Linear in practice, no backtracking beyond the last `*`. */

export type NameMatcher = (folded: string) => boolean;

/** Makes a matcher of a pattern; both it and the names that it is given must be folded (`foldName`). */
export function nameMatcher(pattern: string): NameMatcher {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return (name) => name === first;
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1);
  return (name) => {
    if (name.length < first.length + last.length) return false;
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    const end = name.length - last.length;
    let at = first.length;
    // The leftmost place of each piece leaves the most room for the next ones.
    for (const piece of middle) {
      const found = name.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
