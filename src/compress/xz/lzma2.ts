/** LZMA2: LZMA in chunks that say what they reset (xz file format §5.3.1; the chunks as liblzma documents them). */
import { type History } from './history.ts';
import { LzmaDecoder } from './lzma-decoder.ts';
import { damaged } from './range-decoder.ts';

/** Decodes chunks; the dictionary and the model live on from one call to the next. */
export class Lzma2Decoder {
  readonly #lzma = new LzmaDecoder();
  #needsDictionary = true;
  #needsProperties = true;

  /** Decodes whole chunks until `data` is used up. E_FORMAT unless they give exactly `size` bytes. */
  decode(data: Uint8Array, size: number, out: History): void {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    let left = size;
    let position = 0;
    while (position < data.length) {
      const control = view.getUint8(position); // 1 - Control byte
      const compressed = control >= 0x80;
      const headLength = !compressed ? 3 : control >= 0xc0 ? 6 : 5;
      if (control === 0 || position + headLength > data.length) throw damaged(); // 0 ends a stream: ours go on
      const high = compressed ? (control & 0x1f) << 16 : 0;
      const length = high + view.getUint16(position + 1) + 1; // 2 - Uncompressed size - 1, low 16 bits
      const stored = compressed ? view.getUint16(position + 3) + 1 : length; // 2 - Compressed size - 1
      const end = position + headLength + stored;
      if (length > left || end > data.length) throw damaged();
      const chunk = data.subarray(position + headLength, end);
      if (compressed) {
        this.#reset(control, control >= 0xc0 ? view.getUint8(position + 5) : 0, out); // 1 - Properties
        this.#lzma.decode(chunk, length, out);
      } else {
        this.#store(control, chunk, out);
      }
      left -= length;
      position = end;
    }
    if (left !== 0) throw damaged();
  }

  #reset(control: number, properties: number, out: History): void {
    if (control >= 0xe0) this.#resetDictionary(out);
    else if (this.#needsDictionary) throw damaged();
    if (control >= 0xc0) {
      this.#lzma.setProperties(properties);
      this.#needsProperties = false;
    } else if (this.#needsProperties) throw damaged();
    if (control >= 0xa0) this.#lzma.resetState();
  }

  #store(control: number, chunk: Uint8Array, out: History): void {
    if (control > 2) throw damaged();
    if (control === 1) this.#resetDictionary(out);
    else if (this.#needsDictionary) throw damaged();
    out.append(chunk);
    this.#lzma.skip(chunk.length);
  }

  #resetDictionary(out: History): void {
    out.reset();
    this.#lzma.resetPosition();
    this.#needsDictionary = false;
  }
}
