/** Hives laid by hand, record by record, so that each field can also be wrong. Not the writer of the project. */

export const none = 0xffffffff;

export interface KeyFields {
  readonly name: Buffer | string;
  readonly parent?: number;
  readonly flags?: number;
  readonly lastWrite?: bigint;
  readonly layer?: number;
  readonly security?: number;
  readonly className?: string;
}

export class HiveBuilder {
  #bins = Buffer.alloc(256 * 1024);
  #next = 32;

  /** The offset of a new cell with this content. */
  cell(content: Buffer): number {
    const size = (content.length + 4 + 7) & ~7;
    const offset = this.#next;
    this.#bins.writeInt32LE(-size, offset);
    this.#bins.set(content, offset + 4);
    this.#next += size;
    return offset;
  }

  u32(offset: number, field: number, number: number): void {
    this.#bins.writeUInt32LE(number >>> 0, offset + 4 + field);
  }

  u16(offset: number, field: number, number: number): void {
    this.#bins.writeUInt16LE(number, offset + 4 + field);
  }

  text(offset: number, field: number, text: string): void {
    this.#bins.write(text, offset + 4 + field, 'latin1');
  }

  /** The size field of a cell: negative when allocated. */
  sizeOf(offset: number, size: number): void {
    this.#bins.writeInt32LE(size, offset);
  }

  key(fields: KeyFields): number {
    const compressed = typeof fields.name === 'string';
    const name = typeof fields.name === 'string' ? Buffer.from(fields.name, 'latin1') : fields.name;
    const head = Buffer.alloc(76);
    head.write('nk', 0, 'latin1');
    head.writeUInt16LE((fields.flags ?? 0) | (compressed ? 0x20 : 0), 2);
    head.writeBigUInt64LE(fields.lastWrite ?? 0n, 4);
    head.writeUInt8(fields.layer ?? 0, 13);
    head.writeUInt32LE(fields.parent ?? none, 16);
    for (const field of [28, 32, 40, 48]) head.writeUInt32LE(none, field);
    head.writeUInt32LE(fields.security ?? none, 44);
    head.writeUInt16LE(name.length, 72);
    const offset = this.cell(Buffer.concat([head, name]));
    if (fields.className !== undefined) {
      const className = Buffer.from(fields.className, 'utf16le');
      this.u32(offset, 48, this.cell(className));
      this.u16(offset, 74, className.length);
    }
    return offset;
  }

  value(name: Buffer | string, type: number, data: Buffer, flags = 0): number {
    const compressed = typeof name === 'string';
    const bytes = typeof name === 'string' ? Buffer.from(name, 'latin1') : name;
    const head = Buffer.alloc(20);
    head.write('vk', 0, 'latin1');
    head.writeUInt16LE(bytes.length, 2);
    head.writeUInt32LE(none, 8);
    head.writeUInt32LE(type >>> 0, 12);
    head.writeUInt16LE((compressed ? 1 : 0) | flags, 16);
    if (data.length > 4) {
      head.writeUInt32LE(data.length, 4);
      head.writeUInt32LE(data.length > 16344 ? this.bigData(data) : this.cell(data), 8);
    } else if (data.length > 0) {
      head.writeUInt32LE(data.length + 0x80000000, 4);
      head.set(data, 8);
    }
    return this.cell(Buffer.concat([head, bytes]));
  }

  bigData(data: Buffer): number {
    const segments: number[] = [];
    for (let at = 0; at < data.length; at += 16344) segments.push(this.cell(data.subarray(at, at + 16344)));
    const list = this.cell(numbers(segments));
    const head = Buffer.alloc(8);
    head.write('db', 0, 'latin1');
    head.writeUInt16LE(segments.length, 2);
    head.writeUInt32LE(list, 4);
    return this.cell(head);
  }

  list(signature: string, offsets: readonly number[]): number {
    const hints = signature === 'lf' || signature === 'lh';
    const head = Buffer.alloc(4);
    head.write(signature, 0, 'latin1');
    head.writeUInt16LE(offsets.length, 2);
    return this.cell(
      Buffer.concat([head, numbers(hints ? offsets.flatMap((offset) => [offset, 0]) : offsets)]),
    );
  }

  subkeys(key: number, list: number, count: number): void {
    this.u32(key, 20, count);
    this.u32(key, 28, list);
  }

  values(key: number, values: readonly number[]): number {
    const list = this.cell(numbers(values));
    this.u32(key, 36, values.length);
    this.u32(key, 40, list);
    return list;
  }

  security(descriptor: Buffer): number {
    const head = Buffer.alloc(20);
    head.write('sk', 0, 'latin1');
    head.writeUInt32LE(1, 12);
    head.writeUInt32LE(descriptor.length, 16);
    const offset = this.cell(Buffer.concat([head, descriptor]));
    this.u32(offset, 4, offset);
    this.u32(offset, 8, offset);
    return offset;
  }

  build(root: number, options: { readonly minor?: number; readonly flags?: number } = {}): Buffer {
    const size = Math.ceil(this.#next / 4096) * 4096;
    const bins = Buffer.from(this.#bins.subarray(0, size));
    bins.write('hbin', 0, 'latin1');
    bins.writeUInt32LE(size, 8);
    if (this.#next < size) bins.writeInt32LE(size - this.#next, this.#next);
    const base = Buffer.alloc(4096);
    base.write('regf', 0, 'latin1');
    base.writeUInt32LE(7, 4);
    base.writeUInt32LE(7, 8);
    base.writeUInt32LE(1, 20);
    base.writeUInt32LE(options.minor ?? 5, 24);
    base.writeUInt32LE(1, 32);
    base.writeUInt32LE(root, 36);
    base.writeUInt32LE(size, 40);
    base.writeUInt32LE(1, 44);
    base.writeUInt32LE(options.flags ?? 0, 144);
    return withChecksum(Buffer.concat([base, bins]));
  }
}

/** The same bytes with the checksum that their base block should have. */
export function withChecksum(hive: Buffer): Buffer {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= hive.readInt32LE(at);
  hive.writeInt32LE(sum === -1 ? -2 : sum === 0 ? 1 : sum, 508);
  return hive;
}

function numbers(list: readonly number[]): Buffer {
  const data = Buffer.alloc(list.length * 4);
  list.forEach((number, index) => data.writeUInt32LE(number, index * 4));
  return data;
}
