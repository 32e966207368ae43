/** Where the sample points of the reference are. */
import { type Bytes, chunkSize } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { sample, sampleLength } from './sample.ts';

/** 12 bytes a slot: 48 MiB at most. */
const mostSlots = 1 << 22;
/** How many slots may be taken; beyond, further samples are left out. */
const load = 0.75;
/** How many places with equal content are kept; the first ones. */
const mostEqual = 8;
const finest = 9; // one sample in 512 bytes

export interface ReferenceIndex {
  /** log2 of the average distance of samples; the target must be sampled alike. */
  readonly bits: number;
  /** Of the places in the reference whose sample has this key the one nearest to `expected`, or -1. */
  find(key: number, expected: number): number;
}

/** Reads the whole reference once, in order. Larger references are sampled more sparsely, so that memory is bounded. */
export async function indexReference(reference: Bytes, signal: AbortSignal): Promise<ReferenceIndex> {
  let bits = finest;
  while (reference.size / 2 ** bits > mostSlots / 2) bits += 1;
  const wanted = Math.max(2, (reference.size / 2 ** bits) * 2);
  const slotBits = Math.min(22, Math.ceil(Math.log2(wanted)));
  const slots = 1 << slotBits;
  const keys = new Uint32Array(slots);
  const places = new Float64Array(slots).fill(-1);
  let room = Math.floor(slots * load);

  const insert = (key: number, place: number): void => {
    let equal = 0;
    let slot = key >>> (32 - slotBits);
    while (places[slot] !== -1) {
      if (keys[slot] === key) equal += 1;
      if (equal === mostEqual) return;
      slot = (slot + 1) & (slots - 1);
    }
    keys[slot] = key;
    places[slot] = place;
    room -= 1;
  };

  const find = (key: number, expected: number): number => {
    let best = -1;
    for (let slot = key >>> (32 - slotBits); ; slot = (slot + 1) & (slots - 1)) {
      const place = places[slot] ?? -1;
      if (place === -1) return best;
      if (keys[slot] !== key) continue;
      if (best === -1 || Math.abs(place - expected) < Math.abs(best - expected)) best = place;
    }
  };

  for (let offset = 0; offset < reference.size && room > 0; offset += chunkSize) {
    throwIfCancelled(signal);
    const start = Math.max(0, offset - (sampleLength - 1)); // samples may reach over the border
    const found = sample(
      await reference.read(start, Math.min(offset + chunkSize, reference.size) - start),
      bits,
    );
    for (let i = 0; i < found.count && room > 0; i += 1) {
      insert(found.keys[i] ?? 0, start + (found.places[i] ?? 0));
    }
  }
  return { bits, find };
}
