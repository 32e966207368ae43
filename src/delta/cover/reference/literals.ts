/** The bytes that no cover brings: the answer that assembly/literals.ts is held to (FORMAT §6.4.7). */
import { profile, type Profile } from '../block-format.ts';
import type { Records } from '../records.ts';
import { createByteModel } from './byte-model.ts';
import { createCoder } from './coder.ts';
import { createFlagModel } from './flag-model.ts';
import { mix } from './hash.ts';

const [placeBits, context, dense, lookBack, margin] = [17, 12, 32, 40, 64];
/** No byte was seen. */
const none = 256;

export interface LiteralJob {
  /** With the old bytes of covers in their places; in reading it gets the rest. */
  readonly block: Uint8Array;
  readonly records: Records;
  /** Size of the reference. */
  readonly reference: number;
  readonly tails: Uint8Array;
  readonly profile: Profile;
  readonly lesson: number;
  /** How much the model is shown at most. */
  readonly lessons: number;
  readonly bits: number;
}

/** Writes where `stream` is null, and gives the stream; else reads, and gives null where it is damaged. */
export function codeLiterals(job: LiteralJob, stream: Uint8Array | null): Uint8Array | null {
  const { records, reference, lesson } = job;
  const size = job.block.length;
  const binary = job.profile !== profile.text;
  const detailed = job.profile === profile.detailed;
  const coder = createCoder(stream);
  const model = createByteModel(coder, detailed ? 12 : 8, 48, job.bits);
  const guessModel = createFlagModel(coder, 4, 64, job.bits + 1);
  // Block and tails in one memory, as the kernel has them; a place is never 0.
  const block = margin;
  const tailsAt = block + size + 2 * margin;
  const memory = new Uint8Array(tailsAt + job.tails.length + margin);
  memory.set(job.block, block);
  memory.set(job.tails, tailsAt);
  const near = createPlaces();
  const far = createPlaces();
  let [tail, tailEnd, since, budget, trained, ahead, guesses] = [0, 0, 0, job.lessons, -1, 0, 0];

  const byteAt = (at: number): number => memory[at] ?? 0;
  const wordAt = (at: number): number =>
    (byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24)) >>> 0;
  const nearOf = (at: number): number => mix(wordAt(at - 4), byteAt(at - 6) | (byteAt(at - 5) << 8));
  const farOf = (at: number): number => mix(mix(wordAt(at - 4), wordAt(at - 8)), wordAt(at - 12));

  function keep(at: number): void {
    near.keep(nearOf(at), at);
    far.keep(farOf(at), at);
  }

  function matched(a: number, b: number, most: number): number {
    let n = 0;
    if (a > 0) while (n < most && byteAt(a - 1 - n) === byteAt(b - 1 - n)) n++;
    return n;
  }

  function wordBefore(at: number): number {
    let word = 0;
    for (let k = 1; k < 16; k++) {
      const letter = byteAt(at - k) | 32;
      if (letter < 97 || letter > 122) break;
      word = mix(word, letter);
    }
    return word;
  }

  function codeLiteral(at: number): void {
    const [c4, c1] = [wordAt(at - 4), byteAt(at - 1)];
    const [a, b] = [near.find(nearOf(at)), far.find(farOf(at))];
    const lengthA = matched(a, at, 24);
    const lengthB = matched(b, at, lookBack);
    const byteA = lengthA >= 4 ? byteAt(a) : none;
    const byteB = lengthB >= 8 ? byteAt(b) : none;
    const s = Math.min(since, 3);
    const here = tail < tailEnd ? byteAt(tail) : 0;
    const word = binary ? c4 >>> 8 : wordBefore(at);
    const guess = byteB === none ? byteA : byteB;
    const before = guesses;
    guesses = (guesses << 1) >>> 0;
    if (guess !== none) {
      const agreed = Number(byteA === guess) | (Number(here === guess) << 1) | (Number(byteB === guess) << 2);
      const set = (index: number, number: number, value: number): void =>
        guessModel.set(index, mix(number, value));
      set(0, 1, (lengthA << 19) | (agreed << 16) | (guess << 8) | c1);
      set(1, mix(2, word), guess);
      set(2, 3, ((c4 & 0xffffff00) | guess) >>> 0);
      set(3, 4, (lengthA << 16) | (lengthB << 8) | (agreed << 2) | s);
      const right = guessModel.flag((agreed << 3) | (before & 7), Number(byteAt(at) === guess));
      guesses |= right;
      if (right === 1) {
        if (!coder.writing && !coder.training) memory[at] = guess;
        return;
      }
    }
    const seen = (byteA << 20) | (c1 << 10) | byteB;
    const set = (index: number, number: number, value: number): void => model.set(index, mix(number, value));
    const phase = (at - block) & 3;
    if (binary) {
      const known = 2 ** (8 * phase) - 1;
      const low = (place: number): number => wordAt(place - phase) & known;
      const inRow = (size: number): number => phase | (Number(low(at) < low(at - size)) << 2);
      const [b4, b8, b12] = [byteAt(at - 4), byteAt(at - 8), byteAt(at - 12)];
      set(0, 1, (c1 << 2) | phase);
      set(1, 2, c4 >>> 16);
      set(2, 3, (c4 >>> 8) & 0xffff);
      set(3, 4, seen);
      set(4, 5, (b4 << 3) | inRow(4));
      set(5, 6, (b8 << 3) | inRow(8));
      set(6, 7, (b12 << 3) | inRow(12));
      set(7, 8, (b12 << 11) | (byteAt(at - 24) << 3) | inRow(12));
      if (detailed) {
        set(8, 9, c4 >>> 8);
        set(9, 10, (c4 & 0xf0f0f0ff) >>> 0);
        set(10, 11, (b4 << 16) | (b8 << 8) | b12);
        set(11, 12, (byteB << 6) | lengthB);
      }
    } else {
      set(0, 1, c1);
      set(1, 2, ((c4 >>> 16) << 9) | guess);
      set(2, 3, c4 >>> 8);
      set(3, 4, c4);
      set(4, 5, seen);
      set(5, 6, (here << 2) | s);
      set(6, 7, word);
      set(7, 8, guess);
    }
    const likeB = byteB === none ? 0 : lengthB >= 32 ? 3 : lengthB >= 16 ? 2 : 1;
    const likeA = byteA === none ? 0 : lengthA >= 16 ? 2 : 1;
    const byte = model.byte((likeB * 3 + likeA) * 4 + (binary ? phase : s), byteAt(at));
    if (!coder.writing && !coder.training) memory[at] = byte;
  }

  function learnAhead(from: number): void {
    const least = Math.min(lesson, 256);
    ahead = Math.max(ahead, from);
    while (ahead < records.count && (records.length(ahead) < least || records.source(ahead) >= reference))
      ahead++;
    if (ahead === records.count || ahead === trained) return;
    trained = ahead;
    const length = Math.min(records.length(ahead), lesson, budget);
    budget -= length;
    const at = block + records.place(ahead);
    const resume = tail;
    tail = tailEnd;
    since = 3;
    coder.training = true;
    for (let k = lookBack; k < length; k++) {
      codeLiteral(at + k);
      keep(at + k);
    }
    coder.training = false;
    tail = resume;
  }

  function fill(at: number, end: number): void {
    since = 0;
    for (let place = at; place < end && !coder.isLost(); place++) {
      codeLiteral(place);
      keep(place);
      since++;
      tail++;
    }
  }

  function takeCover(index: number, tailHead: number): number {
    const [place, length] = [records.place(index), records.length(index)];
    const end = place + length;
    const from = records.source(index) - reference;
    let nextTail = tailHead;
    if (from < 0) {
      const kept = wordAt(tailHead);
      tail = tailHead + 4 + context;
      memory.copyWithin(tailHead + 4, block + end - context, block + end);
      nextTail = tailEnd = tail + kept;
      const next = index + 1 < records.count ? records.place(index + 1) : size;
      if (next > end) for (let at = tail - context + 1; at < tailEnd; at++) keep(at);
    } else {
      if (!coder.writing) memory.copyWithin(block + place, block + from, block + from + length);
      tail = block + from + length;
      tailEnd = Math.min(tail + 256, block + place);
    }
    const step = binary ? 32 : 8;
    for (let k = 0; k < length; k += k > dense && length - k > dense ? step : 1) keep(block + place + k);
    return nextTail;
  }

  let place = 0;
  let tailHead = tailsAt;
  for (let i = 0; i <= records.count; i++) {
    const stop = i < records.count ? records.place(i) : size;
    if (stop > place) {
      if (lesson > 0) learnAhead(i);
      fill(block + place, block + stop);
      if (coder.isLost()) return null;
    }
    if (i === records.count) break;
    tailHead = takeCover(i, tailHead);
    place = stop + records.length(i);
  }
  job.block.set(memory.subarray(block, block + size));
  return coder.finish();
}

interface Places {
  keep(hash: number, at: number): void;
  /** 0 where none is known. */
  find(hash: number): number;
}

/** Where bytes stood, by a hash of them, of which eight bits have to be the same. */
function createPlaces(): Places {
  const places = new Uint32Array(1 << placeBits);
  const checks = new Uint8Array(1 << placeBits);
  const indexOf = (hash: number): number => hash >>> (32 - placeBits);
  return {
    keep(hash, at) {
      places[indexOf(hash)] = at;
      checks[indexOf(hash)] = hash;
    },
    find: (hash) => (checks[indexOf(hash)] === (hash & 255) ? (places[indexOf(hash)] ?? 0) : 0),
  };
}
