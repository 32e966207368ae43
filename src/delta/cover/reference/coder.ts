/**
 * The range coder in plain numbers: the answer that assembly/coder.ts is held to (FORMAT §6.4.3). The files of this folder
 * mirror those of assembly/ and are slow; only tests use them.
 */
export interface Coder {
  readonly writing: boolean;
  /** While set, nothing is written or read. */
  training: boolean;
  /** Codes one bit of which 1 has the probability `p` / 65,536; in reading what is passed is ignored. */
  bit(bit: number, p: number): number;
  /** Codes one of as many symbols as there are shares, in 1/65,536. */
  symbol(symbol: number, shares: readonly number[]): number;
  /** The stream in writing; in reading null unless all of it was read, and no more. */
  finish(): Uint8Array | null;
  /** Whether reading has gone far beyond the end. */
  isLost(): boolean;
}

/** Reads `stream`, or writes where it is null. */
export function createCoder(stream: Uint8Array | null): Coder {
  // In writing every byte stays where a carry can still reach it.
  const out: number[] = [];
  let [low, range, code, at, missing] = [0, 0xffffffff, 0, 0, 0];
  const take = (): number => {
    if (stream && at < stream.length) return stream[at++] ?? 0;
    missing++;
    return 0;
  };
  const carry = (): void => {
    low -= 2 ** 32;
    let place = out.length - 1;
    for (; out[place] === 255; place--) out[place] = 0;
    out[place] = (out[place] ?? 0) + 1;
  };
  const shift = (): void => {
    if (stream) code = ((code << 8) | take()) >>> 0;
    else {
      out.push(low >>> 24);
      low = (low << 8) >>> 0;
    }
    range = (range << 8) >>> 0;
  };
  const narrow = (from: number, size: number): void => {
    range = size;
    if (stream) code = (code - from) >>> 0;
    else low += from;
    if (low >= 2 ** 32) carry();
    while (range < 2 ** 24) shift();
  };
  const coder: Coder = {
    writing: stream === null,
    training: false,
    bit(given, p) {
      if (coder.training) return given;
      const bound = (range >>> 16) * p;
      const bit = stream ? Number(code < bound) : given;
      if (bit === 1) narrow(0, bound);
      else narrow(bound, range - bound);
      return bit;
    },
    symbol(given, shares) {
      if (coder.training) return given;
      const unit = range >>> 16;
      let symbol = stream ? 0 : given;
      const start = (): number => shares.slice(0, symbol).reduce((sum, share) => sum + share, 0);
      if (stream) {
        const value = Math.min(65_535, Math.floor(code / unit));
        while (symbol < shares.length - 1 && start() + (shares[symbol] ?? 0) <= value) symbol++;
      }
      narrow(unit * start(), unit * (shares[symbol] ?? 0));
      return symbol;
    },
    finish() {
      if (stream) return at === stream.length && missing === 3 ? stream : null;
      low += 0xffffff;
      if (low >= 2 ** 32) carry();
      out.push(low >>> 24);
      return Uint8Array.from(out);
    },
    isLost: () => missing > 8,
  };
  if (stream) for (let i = 0; i < 4; i++) code = ((code << 8) | take()) >>> 0;
  return coder;
}
