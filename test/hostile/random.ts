/** Numbers that look random and are the same everywhere. */

export interface Random {
  /** From 0 to below `limit`. */
  (limit: number): number;
  of<Item>(items: readonly Item[]): Item;
}

/** Numerical Recipes' generator. */
export function generator(seed: number): Random {
  let state = seed >>> 0;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const of = <Item>(items: readonly Item[]): Item => {
    const one = items[random(items.length)];
    if (one === undefined) throw new Error('there is nothing to choose from');
    return one;
  };
  // The first numbers of neighbouring seeds are alike.
  for (let skip = 0; skip < 8; skip++) random(1);
  return Object.assign(random, { of });
}
