/**
 * Covers as records of 16 bytes: source (f64), place in the block and length (u32 each). A source below the size of the
 * reference is a place in it, one above is a place in the block, counted from there.
 */
export const recordSize: usize = 16;

@inline
export function sourceOf(record: usize): i64 {
  return <i64>load<f64>(record);
}

@inline
export function placeOf(record: usize): i32 {
  return load<i32>(record, 8);
}

@inline
export function lengthOf(record: usize): i32 {
  return load<i32>(record, 12);
}

@inline
export function setRecord(record: usize, source: i64, place: i32, length: i32): void {
  store<f64>(record, <f64>source);
  store<i32>(record, place, 8);
  store<i32>(record, length, 12);
}
