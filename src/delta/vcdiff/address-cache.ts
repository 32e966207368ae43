/** The addresses of COPY instructions (RFC 3284 §5.1 to §5.3). */
import { type Cursor } from './cursor.ts';
import { malformed } from './malformed.ts';

const near = 4; // default s_near
const same = 3; // default s_same

export class AddressCache {
  // Float64: an address may lie beyond 2^32
  readonly #near = new Float64Array(near);
  readonly #same = new Float64Array(same * 256);
  #next = 0;

  /** Decodes an address below `here`, the current place; E_FORMAT for any other. */
  decode(mode: number, here: number, addresses: Cursor): number {
    const address = this.#read(mode, here, addresses);
    if (address < 0 || address >= here) throw malformed('a COPY instruction reads from where nothing is yet');
    this.#near[this.#next] = address;
    this.#next = (this.#next + 1) % near;
    this.#same[address % (same * 256)] = address;
    return address;
  }

  #read(mode: number, here: number, addresses: Cursor): number {
    if (mode === 0) return addresses.varint(); // VCD_SELF
    if (mode === 1) return here - addresses.varint(); // VCD_HERE
    if (mode < 2 + near) return (this.#near[mode - 2] ?? 0) + addresses.varint();
    return this.#same[(mode - 2 - near) * 256 + addresses.byte()] ?? 0;
  }
}
