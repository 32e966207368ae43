/**
 * The arithmetic coder in plain numbers: the answer that assembly/coder.ts is held to (FORMAT §6.4.3). The files of this folder
 * mirror those of assembly/ and are slow; only tests use them.
 */
export interface Coder {
  readonly writing: boolean;
  /** While set, bits are neither written nor read. */
  training: boolean;
  /** Codes one bit of which 1 has the probability `p` / 65,536; in reading what is passed is ignored. */
  bit(bit: number, p: number): number;
  /** The stream in writing; in reading null unless all of it was read, and no more. */
  finish(): Uint8Array | null;
  /** Whether reading has gone far beyond the end. */
  isLost(): boolean;
}

/** Reads `stream`, or writes where it is null. */
export function createCoder(stream: Uint8Array | null): Coder {
  const out: number[] = [];
  let [low, high, code, at, missing] = [0, 0xffffffff, 0, 0, 0];
  const take = (): number => {
    if (stream && at < stream.length) return stream[at++] ?? 0;
    missing++;
    return 0;
  };
  const coder: Coder = {
    writing: stream === null,
    training: false,
    bit(given, p) {
      if (coder.training) return given;
      const range = (high - low) >>> 0;
      const middle = (low + (range >>> 16) * p + (((range & 0xffff) * p) >>> 16)) >>> 0;
      const bit = stream ? Number(code <= middle) : given;
      if (bit === 1) high = middle;
      else low = (middle + 1) >>> 0;
      while (((low ^ high) & 0xff000000) === 0) {
        if (stream) code = ((code << 8) | take()) >>> 0;
        else out.push(high >>> 24);
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
      return bit;
    },
    finish() {
      if (stream) return at === stream.length && missing === 3 ? stream : null;
      out.push(high >>> 24);
      return Uint8Array.from(out);
    },
    isLost: () => missing > 8,
  };
  if (stream) for (let i = 0; i < 4; i++) code = ((code << 8) | take()) >>> 0;
  return coder;
}
