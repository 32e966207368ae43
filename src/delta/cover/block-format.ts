/** The form of a block (FORMAT §6.4.1): a header of numbers, then its three streams. */
import { PatchError } from '../../errors.ts';
import { fewestLines, largestBlock, longestTail, mostCovers, mostLines } from './limits.ts';

/** How a stream is coded: not there, by a model, as it is, or as it is and then by brotli. */
export const method = { none: 0, model: 1, plain: 2, brotli: 3 } as const;
export type Method = (typeof method)[keyof typeof method];

/** `detailed` is binary data whose literals are looked at in more contexts. */
export const profile = { text: 0, binary: 1, detailed: 2 } as const;
export type Profile = (typeof profile)[keyof typeof profile];

export interface Stream {
  readonly method: Method;
  /** Its size before brotli; for a model log2 of its lines, which the model of covers does not need. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

export interface BlockHeader {
  /** Of the target, in bytes. */
  readonly size: number;
  readonly covers: number;
  readonly profile: Profile;
  /** How much literals may see of the reference behind a cover, in bytes. */
  readonly tail: number;
  /** How much of a cover that is ahead the model of literals is shown, in bytes. */
  readonly lesson: number;
}

export interface Block extends BlockHeader {
  readonly coverStream: Stream;
  readonly differenceStream: Stream;
  readonly literalStream: Stream;
}

export function formatBlock(block: Block): Uint8Array {
  const { coverStream, differenceStream, literalStream } = block;
  const streams = [coverStream, differenceStream, literalStream];
  const head: number[] = [];
  for (const value of [block.size, block.covers, block.profile, block.tail, block.lesson])
    putNumber(head, value);
  for (const stream of streams) putPlan(head, stream);
  return Buffer.concat([Uint8Array.from(head), ...streams.map((stream) => stream.bytes)]);
}

/** What a stream takes of a block in bytes, with what the header says of it. */
export function sizeOf(stream: Stream): number {
  const head: number[] = [];
  putPlan(head, stream);
  return head.length + stream.bytes.length;
}

function putPlan(head: number[], stream: Stream): void {
  putNumber(head, stream.method);
  if (stream.method === method.none) return;
  putNumber(head, stream.size);
  if (stream.method !== method.plain) putNumber(head, stream.bytes.length);
}

/** The longest header in bytes: 14 numbers below 2^35. */
export const longestHeader = 14 * 5;

/** The head of a block and the lengths of its streams, of which nothing has been read. E_FORMAT, E_LIMIT. */
export interface BlockPlan extends BlockHeader {
  /** Of the header, in bytes. */
  readonly head: number;
  /** Of covers, differences and literals. */
  readonly streams: readonly [StreamPlan, StreamPlan, StreamPlan];
}

/** A stream of which nothing has been read; `stored` bytes of the delta. */
export type StreamPlan = Omit<Stream, 'bytes'> & { readonly stored: number };

/** Reads a header at the beginning of `bytes`, of a block of at most `most` bytes of the target. */
export function parseHeader(bytes: Uint8Array, most: number): BlockPlan {
  let at = 0;
  const number = (limit: number, what: string): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 35) throw damaged(`${what} is cut off or too long`);
      if (byte === 0 && scale > 1) throw damaged(`${what} is not in its shortest form`);
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    if (value > limit) throw damaged(`${what} is ${value}, above ${limit}`);
    return value;
  };
  const size = number(Math.min(most, largestBlock), 'the size of a block');
  if (size === 0) throw damaged('a block is empty');
  const covers = number(Math.min(size, mostCovers), 'the number of covers');
  const kind = number(2, 'the profile') as Profile; // 0 to 2
  const tail = number(kind === profile.text ? longestTail : 0, 'the tail');
  const lesson = number(largestBlock, 'the lesson');
  const stream = (what: string): StreamPlan => {
    const how = number(3, `the method of ${what}`) as Method; // 0 to 3
    if (how === method.none) return { method: how, size: 0, stored: 0 };
    const modelled = how === method.model;
    const length = number(modelled ? mostLines : 8 * size + 64, `the size of ${what}`);
    if (modelled && length < fewestLines) throw damaged(`the model of ${what} is too small`);
    const stored = how === method.plain ? length : number(2 * size + 4096, `the length of ${what}`);
    return { method: how, size: length, stored };
  };
  const streams = [stream('covers'), stream('differences'), stream('literals')] as const;
  return { size, covers, profile: kind, tail, lesson, streams, head: at };
}

/** E_FORMAT: the delta breaks a rule of its form. */
export function damaged(problem: string): PatchError {
  return new PatchError('E_FORMAT', `a cover delta is damaged: ${problem}`, {
    help: 'get the patch again; if it stays so, whoever made it has to make it anew',
  });
}

/** Unsigned, seven bits a byte, the lowest first, the eighth bit set on all bytes but the last. */
export function putNumber(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}
