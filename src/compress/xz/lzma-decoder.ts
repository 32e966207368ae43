/** The LZMA decoder as LZMA2 uses it: no header, no end marker (LZMA specification, "The main loop of decoder"). */
import { type History } from './history.ts';
import { RangeDecoder, damaged, probabilities } from './range-decoder.ts';

const states = 12;
const positionStates = 16;
const minimalMatch = 2;

/** The lengths of matches: three trees, chosen by two bits. */
class LengthDecoder {
  readonly #choice = probabilities(2);
  readonly #low = probabilities(positionStates << 3);
  readonly #middle = probabilities(positionStates << 3);
  readonly #high = probabilities(256);

  decode(range: RangeDecoder, positionState: number): number {
    if (range.bit(this.#choice, 0) === 0) return range.tree(this.#low, positionState << 3, 3);
    if (range.bit(this.#choice, 1) === 0) return 8 + range.tree(this.#middle, positionState << 3, 3);
    return 16 + range.tree(this.#high, 0, 8);
  }
}

/** All that a "state reset" of LZMA2 sets back. */
class Model {
  readonly lc: number;
  readonly literalMask: number;
  readonly positionMask: number;
  readonly literals: Uint16Array;
  readonly isMatch = probabilities(states * positionStates);
  readonly isRep = probabilities(states);
  readonly isRepG0 = probabilities(states);
  readonly isRepG1 = probabilities(states);
  readonly isRepG2 = probabilities(states);
  readonly isRep0Long = probabilities(states * positionStates);
  readonly slots = probabilities(4 << 6);
  readonly positions = probabilities(115);
  readonly align = probabilities(16);
  readonly lengths = new LengthDecoder();
  readonly repLengths = new LengthDecoder();
  state = 0;
  rep0 = 0;
  rep1 = 0;
  rep2 = 0;
  rep3 = 0;

  constructor(properties: number) {
    this.lc = properties % 9;
    const lp = Math.floor(properties / 9) % 5;
    const pb = Math.floor(properties / 45);
    if (pb > 4 || this.lc + lp > 4) throw damaged(); // xz format §5.3.1: LZMA2 allows lc + lp <= 4
    this.literalMask = (1 << lp) - 1;
    this.positionMask = (1 << pb) - 1;
    this.literals = probabilities(0x300 << (this.lc + lp));
  }
}

export class LzmaDecoder {
  readonly #range = new RangeDecoder();
  #model: Model | undefined;
  #properties = 0;
  #total = 0; // bytes since the dictionary reset: the "position" that contexts depend on

  setProperties(properties: number): void {
    this.#properties = properties;
  }

  resetState(): void {
    this.#model = new Model(this.#properties);
  }

  resetPosition(): void {
    this.#total = 0;
  }

  /** Counts bytes of a stored chunk. */
  skip(length: number): void {
    this.#total += length;
  }

  /** Decodes one chunk of `length` bytes of output, for which there is room. E_FORMAT when it does not fit exactly. */
  decode(chunk: Uint8Array, length: number, out: History): void {
    const model = this.#model;
    if (model === undefined) throw damaged();
    const range = this.#range;
    range.start(chunk);
    const first = out.end;
    const end = first + length;
    while (out.end < end) {
      const position = this.#total + (out.end - first);
      const positionState = position & model.positionMask;
      const state = model.state;
      if (range.bit(model.isMatch, (state << 4) + positionState) === 0) {
        literal(model, range, out, position);
        continue;
      }
      const count =
        range.bit(model.isRep, state) === 0
          ? match(model, range, positionState)
          : repeat(model, range, positionState);
      if (out.end + count > end) throw damaged();
      out.copy(model.rep0 + 1, count);
    }
    range.finish();
    this.#total += length;
  }
}

function literal(model: Model, range: RangeDecoder, out: History, position: number): void {
  const before = out.isEmpty ? 0 : out.back(1);
  const context = ((position & model.literalMask) << model.lc) + (before >> (8 - model.lc));
  const base = 0x300 * context;
  let symbol = 1;
  if (model.state >= 7) {
    // after a match: the byte that the match would have continued with chooses among three sets
    let expected = out.back(model.rep0 + 1);
    while (symbol < 0x100) {
      const expectedBit = (expected >> 7) & 1;
      expected <<= 1;
      const bit = range.bit(model.literals, base + ((1 + expectedBit) << 8) + symbol);
      symbol = (symbol << 1) | bit;
      if (bit !== expectedBit) break;
    }
  }
  while (symbol < 0x100) symbol = (symbol << 1) | range.bit(model.literals, base + symbol);
  out.put(symbol & 0xff);
  model.state = model.state < 4 ? 0 : model.state < 10 ? model.state - 3 : model.state - 6;
}

/** A match with a new distance; gives its length. */
function match(model: Model, range: RangeDecoder, positionState: number): number {
  model.rep3 = model.rep2;
  model.rep2 = model.rep1;
  model.rep1 = model.rep0;
  const length = model.lengths.decode(range, positionState);
  model.state = model.state < 7 ? 7 : 10;
  model.rep0 = distance(model, range, Math.min(length, 3));
  return length + minimalMatch;
}

function distance(model: Model, range: RangeDecoder, lengthState: number): number {
  const slot = range.tree(model.slots, lengthState << 6, 6);
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const base = ((2 | (slot & 1)) << bits) >>> 0;
  if (slot < 14) return base + range.reverseTree(model.positions, base - slot, bits);
  return base + range.direct(bits - 4) * 16 + range.reverseTree(model.align, 0, 4);
}

/** A match with one of the last four distances, which comes to the front; gives its length. */
function repeat(model: Model, range: RangeDecoder, positionState: number): number {
  const state = model.state;
  if (range.bit(model.isRepG0, state) === 0) {
    if (range.bit(model.isRep0Long, (state << 4) + positionState) === 0) {
      model.state = state < 7 ? 9 : 11;
      return 1;
    }
  } else {
    let found = model.rep1;
    if (range.bit(model.isRepG1, state) === 1) {
      found = model.rep2;
      if (range.bit(model.isRepG2, state) === 1) {
        found = model.rep3;
        model.rep3 = model.rep2;
      }
      model.rep2 = model.rep1;
    }
    model.rep1 = model.rep0;
    model.rep0 = found;
  }
  model.state = state < 7 ? 8 : 11;
  return model.repLengths.decode(range, positionState) + minimalMatch;
}
