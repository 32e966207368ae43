/** The two clocks of Wine's registry files. */

const ticksPerSecond = 10_000_000n;
const secondsTo1970 = 11_644_473_600n;

/** A FILETIME (100 ns since 1601) of whole seconds since 1970. */
export function fileTimeOf(seconds: number): bigint {
  return (BigInt(seconds) + secondsTo1970) * ticksPerSecond;
}

/** Seconds since 1970 as Wine writes them: an unsigned number of 32 bits, also for times before 1970 or after 2106. */
export function secondsOf(time: bigint): number {
  // C's division rounds toward zero, as that of BigInt does.
  const seconds = (time - secondsTo1970 * ticksPerSecond) / ticksPerSecond;
  return Number(BigInt.asUintN(32, seconds));
}

/** Wine's `%x%08x` of a FILETIME's two halves. */
export function timeText(time: bigint): string {
  const high = BigInt.asUintN(32, time >> 32n).toString(16);
  return high + BigInt.asUintN(32, time).toString(16).padStart(8, '0');
}
