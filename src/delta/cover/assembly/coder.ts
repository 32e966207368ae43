/**
 * A binary arithmetic coder with carryless 32-bit bounds (FORMAT §6.4.3). The same calls write and read: in reading, what is
 * passed as the bit is ignored and the bit that was read comes back, so that a model is written once for both.
 */
let low: u32 = 0;
let high: u32 = 0xffffffff;
let code: u32 = 0;
let at: usize = 0;
let end: usize = 0;
let missing: i32 = 0;

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
  high = 0xffffffff;
  code = 0;
  at = from;
  end = to;
  missing = 0;
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

/** Codes one bit of which 1 has the probability `p` / 65,536; `p` is from 1 to 65,535. */
@inline
export function codeBit(bit: i32, p: u32): i32 {
  if (training) return bit;
  const range = high - low;
  const middle = low + (range >>> 16) * p + (((range & 0xffff) * p) >>> 16);
  if (!writing) bit = i32(code <= middle);
  if (bit) high = middle;
  else low = middle + 1;
  while (((low ^ high) & 0xff000000) == 0) {
    if (writing) put(high >>> 24);
    else code = (code << 8) | take();
    low <<= 8;
    high = (high << 8) | 255;
  }
  return bit;
}

/** Ends a stream. Gives where it ends, or 0 where it did not fit, or where it is not as long as what was read from it. */
export function finish(): usize {
  if (writing) {
    // With zeros behind it, which a reader finds beyond the end, this lies between the bounds: their first bytes differ.
    put(high >>> 24);
    return missing == 0 ? at : 0;
  }
  return at == end && missing == 3 ? at : 0;
}

/** Whether reading has gone far beyond the end of the stream: what comes of it is of no use. */
export function isLost(): bool {
  return missing > 8;
}
