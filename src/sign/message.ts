/** What signatures are over (FORMAT §7). */

/** Sets the message apart from everything else that the same key may sign. */
const domain = new TextEncoder().encode('gulp-vpa manifest v1\n');

/** The signed message for the bytes of `manifest.json`, which are used as they are and never written anew. */
export function signedMessage(manifest: Uint8Array): Uint8Array {
  const message = new Uint8Array(domain.length + manifest.length);
  message.set(domain);
  message.set(manifest, domain.length);
  return message;
}
