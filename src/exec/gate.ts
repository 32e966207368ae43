/** Lets a number of callers in at a time, the others wait in order. */
export interface Gate {
  /** Resolves when there is room; every `enter` needs one `leave`. */
  enter(): Promise<void>;
  leave(): void;
}

export function gate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    enter: async () => {
      if (inside < width) inside += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave: () => {
      const next = waiting.shift(); // the place goes over to whoever waited longest
      if (next === undefined) inside -= 1;
      else next();
    },
  };
}
