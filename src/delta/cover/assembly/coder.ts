/**
 * A range coder (FORMAT §6.4.3; Martin, "Range encoding: an algorithm for removing redundancy from a digitised message", 1979, with the carry
 * of LZMA). The same calls write and read: in reading, what is passed as the bit or symbol is ignored and the one that was read comes back, so
 * that a model is written once for both.
 */
let low: u64 = 0; // in writing: what has not gone out yet, and a carry above 32 bits
let range: u32 = 0;
let code: u32 = 0; // in reading: how far into the range
let at: usize = 0;
let end: usize = 0;
let missing: i32 = 0;
let held: u32 = 0; // the last byte that a carry may change
let full: u32 = 0; // and how many bytes of 255 are behind it
let begun: bool = false; // the first byte that would be held is always 0, and left out

const least: u32 = 1 << 24;

/** Whether bits are written; otherwise they are read. */
export let writing: bool = false;
/** While set, bits are neither written nor read: models learn from what they are shown. */
export let training: bool = false;

export function beginWriting(from: usize, to: usize): void {
  begin(from, to);
  writing = true;
}

export function beginReading(from: usize, to: usize): void {
  begin(from, to);
  writing = false;
  for (let i = 0; i < 4; i++) code = (code << 8) | take();
}

function begin(from: usize, to: usize): void {
  low = 0;
  range = 0xffffffff;
  code = 0;
  at = from;
  end = to;
  missing = 0;
  held = 0;
  full = 0;
  begun = false;
  training = false;
}

export function train(on: bool): void {
  training = on;
}

@inline
function take(): u32 {
  if (at < end) return load<u8>(at++);
  missing++;
  return 0;
}

@inline
function put(byte: u32): void {
  if (at < end) store<u8>(at++, <u8>byte);
  else missing++;
}

function shiftOut(): void {
  if (low < 0xff000000 || low > 0xffffffff) {
    const carry = <u32>(low >> 32);
    if (begun) put(held + carry);
    begun = true;
    for (; full != 0; full--) put(255 + carry);
    held = <u32>low >>> 24;
  } else full++;
  low = <u64>(<u32>low << 8);
}

function normalize(): void {
  do {
    if (writing) shiftOut();
    else code = (code << 8) | take();
    range <<= 8;
  } while (range < least);
}

/** Goes to the part of the range from `from` to `from + size` in 1/65,536. */
@inline
function narrow(from: u32, size: u32): void {
  const unit = range >>> 16;
  if (writing) low += unit * from;
  else code -= unit * from;
  range = unit * size;
  if (range < least) normalize();
}

/** Codes one bit of which 1 has the probability `p` / 65,536; `p` is from 1 to 65,535. */
@inline
export function codeBit(bit: i32, p: u32): i32 {
  if (training) return bit;
  const bound = (range >>> 16) * p;
  if (!writing) bit = i32(code < bound);
  if (bit) range = bound;
  else {
    if (writing) low += bound;
    else code -= bound;
    range -= bound;
  }
  if (range < least) normalize();
  return bit;
}

/** Codes one of 16 symbols. `sums` is u16[17]: symbol *s* has the probabilities from sums[s] to sums[s + 1] in 1/65,536, none of them 0. */
@inline
export function codeSymbol(symbol: i32, sums: usize): i32 {
  if (training) return symbol;
  if (!writing) {
    const value = i16x8.splat(<i16>min(code / (range >>> 16), 65535));
    const below = i16x8.bitmask(i16x8.le_u(v128.load(sums, 2), value));
    symbol = min(15, popcnt(below) + popcnt(i16x8.bitmask(i16x8.le_u(v128.load(sums, 18), value))));
  }
  const from = <u32>load<u16>(sums + (<usize>symbol << 1));
  narrow(from, <u32>load<u16>(sums + (<usize>symbol << 1), 2) - from);
  return symbol;
}

/** Ends a stream. Gives where it ends, or 0 where it did not fit, or where it is not as long as what was read from it. */
export function finish(): usize {
  if (writing) {
    // With zeros behind it, which a reader finds beyond the end, one byte says a place in the range.
    low = (low + 0xffffff) & 0x1ff000000;
    shiftOut();
    shiftOut();
    return missing == 0 ? at : 0;
  }
  return at == end && missing == 3 ? at : 0;
}

/** Whether reading has gone far beyond the end of the stream: what comes of it is of no use. */
export function isLost(): bool {
  return missing > 8;
}
