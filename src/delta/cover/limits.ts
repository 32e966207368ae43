/** Sizes in bytes. Those that decide the bytes of a delta cannot change without a new version of the codec. */

/** How much of the target is coded at a time, and the most that a reader takes. More of text, which refers to itself. */
export const binaryBlock = 4 << 20;
export const textBlock = 24 << 20;
export const largestBlock = 32 << 20;

/** How much of the reference is matched against at a time; of a larger one, the parts that are like the block. */
export const binaryWindow = 128 << 20;
export const textWindow = 40 << 20;

/** Covers in one block: their records take 64 MiB. */
export const mostCovers = 4 << 20;

/** What the model of literals is shown at most before it codes them. */
export const lessons = 256 << 10;

/** What a literal may see of the reference behind a cover. */
export const longestTail = 256;
/** Bytes before a tail, and its length in front of them. */
export const tailContext = 12;
export const tailHead = 4 + tailContext;

/** log2 of a model's lines. */
export const fewestLines = 10;
export const mostLines = 19;

/** What a stream takes that hardly gets smaller. */
export const streamRoom = 1024;
