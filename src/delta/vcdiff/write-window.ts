/** Windows that need no search: everything new, or everything from one place (RFC 3284 §4.2, §4.3, §5.6). */
import { varint } from './varint.ts';

const addSized = 1; // code 1: ADD, its size follows
const copySized = 19; // code 19: COPY in mode VCD_SELF, its size follows

/** A window that adds `target` as it is; also the one for an empty target. */
export function addWindow(target: Uint8Array): Uint8Array {
  const instructions = target.length === 0 ? [] : [addSized, ...varint(target.length)];
  return windowOf([0], target.length, target, instructions, []);
}

/** A window of `length` bytes, more than 0, that copies the source from `position`. */
export function copyWindow(position: number, length: number): Uint8Array {
  const head = [1, ...varint(length), ...varint(position)]; // VCD_SOURCE, segment size, segment position
  return windowOf(head, length, new Uint8Array(0), [copySized, ...varint(length)], [0]);
}

function windowOf(
  head: readonly number[],
  targetLength: number,
  data: Uint8Array,
  instructions: readonly number[],
  addresses: readonly number[],
): Uint8Array {
  const lengths = [
    ...varint(targetLength), // Size of the target window
    0, // Delta_Indicator: nothing compressed
    ...varint(data.length),
    ...varint(instructions.length),
    ...varint(addresses.length),
  ];
  const length = varint(lengths.length + data.length + instructions.length + addresses.length);
  return Buffer.concat([
    Uint8Array.from([...head, ...length, ...lengths]),
    data,
    Uint8Array.from([...instructions, ...addresses]),
  ]);
}
