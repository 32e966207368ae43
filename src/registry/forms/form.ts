/** What form a registry file has: by its content, never by its name. */
import { versionLine } from '../text/reg-text.ts';
import { wineVersionLine } from '../wine/wine-registry.ts';
import { jsonMark } from './json-form.ts';

/**
 * `regf`: a binary hive of Windows. `reg5`: .reg text of version 5. `reg4`: REGEDIT4. `wine`: Wine's `system.reg` and the
 * like. `json`: ours, for other programs.
 */
export type RegistryForm = 'regf' | 'reg5' | 'reg4' | 'wine' | 'json';

/** The form of a file's bytes, of which the first 256 are enough; null where it is none that we know. */
export function detectForm(bytes: Uint8Array): RegistryForm | null {
  const head = Buffer.from(bytes.subarray(0, 256));
  if (head.toString('latin1', 0, 4) === 'regf') return 'regf';
  const text = textOf(head);
  if (text.startsWith(wineVersionLine)) return 'wine';
  if (text.startsWith('REGEDIT4')) return 'reg4';
  if (text.startsWith(versionLine)) return 'reg5';
  return jsonMark.test(text) ? 'json' : null;
}

function textOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return head.toString('utf16le', 2);
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return head.toString('latin1', 3);
  return head[1] === 0 ? head.toString('utf16le') : head.toString('latin1');
}
