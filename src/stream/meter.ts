/** Tells of the bytes of several files, each once, while they pass several times. */

export interface Meter {
  /** So many bytes have passed, in one of so many passes. */
  passed(bytes: number, passes: number): void;
  /** All have, in every pass. */
  finish(): void;
}

/** `onBytes` hears of whole bytes, with the name of the file that has the next one; at first of none. */
export function createMeter(
  files: readonly { readonly name: string; readonly size: number }[],
  onBytes: (bytes: number, label: string) => void,
): Meter {
  const ends: number[] = [];
  for (const { size } of files) ends.push((ends.at(-1) ?? 0) + size);
  const size = ends.at(-1) ?? 0;
  let [passed, told] = [0, 0];
  const tell = (): void => {
    const to = Math.min(size, Math.floor(passed));
    const next = ends.findIndex((end) => end > to);
    onBytes(to - told, files.at(next)?.name ?? '');
    told = to;
  };
  tell();
  return {
    passed(bytes, passes) {
      passed += bytes / passes;
      tell();
    },
    finish() {
      passed = size;
      tell();
    },
  };
}
