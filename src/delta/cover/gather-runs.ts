/** Reads many small runs of a reference by few reads. */
import { type Bytes, readInto } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';

type Fetch = (source: number, place: number, length: number, tailAt: number, tail: number) => void;

interface Run {
  readonly source: number;
  readonly length: number;
  readonly to: Uint8Array;
  readonly at: number;
}

/** Runs so near to each other are read at once, with what is between them. */
const gap = 16 << 10;
/** A read is not longer than this, in bytes. */
const most = 1 << 20;

/** `lay` calls what it is given for each run; its bytes go to `block`, and those behind it to `tails`. */
export async function gatherRuns(
  reference: Bytes,
  lay: (fetch: Fetch) => void,
  block: Uint8Array,
  tails: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const runs: Run[] = [];
  lay((source, place, length, tailAt, tail) => {
    for (let done = 0; done < length; done += most) {
      runs.push({
        source: source + done,
        length: Math.min(most, length - done),
        to: block,
        at: place + done,
      });
    }
    if (tail > 0) runs.push({ source: source + length, length: tail, to: tails, at: tailAt });
  });
  const scratch = new Uint8Array(Math.min(reference.size, most + 2 * gap));
  runs.sort((a, b) => a.source - b.source);
  for (let first = 0; first < runs.length;) {
    throwIfCancelled(signal);
    const start = runs[first]?.source ?? 0;
    let end = start;
    let last = first;
    for (let run = runs[last]; run; run = runs[++last]) {
      const stop = Math.max(end, run.source + run.length);
      if (last > first && (run.source > end + gap || stop - start > most)) break;
      end = stop;
    }
    const bytes = scratch.subarray(0, end - start);
    await readInto(reference, start, bytes);
    for (const { source, length, to, at } of runs.slice(first, last)) {
      to.set(bytes.subarray(source - start, source - start + length), at);
    }
    first = last;
  }
}
