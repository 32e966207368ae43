/** Below this many bytes a loop is faster than a call. */
const short = 48;

/** Whether two pieces of data have the same bytes. */
export function equalData(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  if (a.length > short) return Buffer.compare(a, b) === 0;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
