/** Lets a number of callers in at a time. Of those that wait, the one with the most weight is next, and of equal ones who waited longest. */
export interface Gate {
  /** Resolves when there is room; every `enter` needs one `leave`. */
  enter(weight?: number): Promise<void>;
  leave(): void;
}

export function gate(width: number): Gate {
  const waiting: { readonly weight: number; readonly enter: () => void }[] = [];
  let inside = 0;
  return {
    enter: async (weight = 0) => {
      if (inside < width) inside += 1;
      else await new Promise<void>((enter) => waiting.push({ weight, enter }));
    },
    leave: () => {
      const most = Math.max(...waiting.map(({ weight }) => weight));
      const index = waiting.findIndex(({ weight }) => weight === most);
      const [next] = index < 0 ? [] : waiting.splice(index, 1); // the place goes over to it
      if (next === undefined) inside -= 1;
      else next.enter();
    },
  };
}
