/** The zip headers of a patch archive, which name, size and CRC-32 determine to the last byte (FORMAT §2). */

export interface PartHeader {
  /** ASCII. */
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
}

/** FORMAT §2: without zip64, all ones means "see elsewhere", so the largest values are one less. */
export const maxParts = 65_534;
export const maxArchiveSize = 4_294_967_294;

export const localHeaderSize = 30;
export const centralHeaderSize = 46;
export const endRecordSize = 22;

export const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;

/** A field of a header: where it starts and how many bytes it has. */
export type Field = readonly [offset: number, size: number, name: string];

export const localFields: readonly Field[] = [
  [0, 4, 'signature'],
  [4, 2, 'version needed'],
  [6, 2, 'flags'],
  [8, 2, 'method'],
  [10, 4, 'time and date'],
  [14, 4, 'CRC-32'],
  [18, 4, 'stored size'],
  [22, 4, 'size'],
  [26, 2, 'name length'],
  [28, 2, 'extra length'],
  [30, Infinity, 'name'],
];

export const centralFields: readonly Field[] = [
  [0, 4, 'signature'],
  [4, 2, 'version made by'],
  [6, 2, 'version needed'],
  [8, 2, 'flags'],
  [10, 2, 'method'],
  [12, 4, 'time and date'],
  [16, 4, 'CRC-32'],
  [20, 4, 'stored size'],
  [24, 4, 'size'],
  [28, 2, 'name length'],
  [30, 2, 'extra length'],
  [32, 2, 'comment length'],
  [34, 2, 'disk'],
  [36, 2, 'internal attributes'],
  [38, 4, 'external attributes'],
  [42, 4, 'offset'],
  [46, Infinity, 'name'],
];

export function localHeader({ name, size, crc32 }: PartHeader): Buffer {
  const header = Buffer.alloc(localHeaderSize + name.length);
  header.writeUInt32LE(signatures.local, 0); //  0 - signature
  header.writeUInt16LE(10, 4); //                4 - version needed: 1.0
  //                                             6 - flags
  //                                             8 - method: stored
  //                                            10 - time: midnight
  header.writeUInt16LE(0x21, 12); //            12 - date: 1980-01-01
  header.writeUInt32LE(crc32, 14); //           14 - CRC-32
  header.writeUInt32LE(size, 18); //            18 - stored size
  header.writeUInt32LE(size, 22); //            22 - size
  header.writeUInt16LE(name.length, 26); //     26 - name length
  //                                            28 - extra length
  header.write(name, 30, 'latin1'); //          30 - name
  return header;
}

/** The central header of a part whose local header starts at `offset`. */
export function centralHeader({ name, size, crc32 }: PartHeader, offset: number): Buffer {
  const header = Buffer.alloc(centralHeaderSize + name.length);
  header.writeUInt32LE(signatures.central, 0); //  0 - signature
  header.writeUInt16LE(0x032d, 4); //              4 - version made by: Unix, 4.5
  header.writeUInt16LE(10, 6); //                  6 - version needed: 1.0
  //                                               8 - flags
  //                                              10 - method: stored
  //                                              12 - time: midnight
  header.writeUInt16LE(0x21, 14); //              14 - date: 1980-01-01
  header.writeUInt32LE(crc32, 16); //             16 - CRC-32
  header.writeUInt32LE(size, 20); //              20 - stored size
  header.writeUInt32LE(size, 24); //              24 - size
  header.writeUInt16LE(name.length, 28); //       28 - name length
  //                                              30 - extra length
  //                                              32 - comment length
  //                                              34 - disk
  //                                              36 - internal attributes
  header.writeUInt32LE(0x81a40020, 38); //        38 - external attributes: 0100644 << 16, DOS archive bit
  header.writeUInt32LE(offset, 42); //            42 - offset of the local header
  header.write(name, 46, 'latin1'); //            46 - name
  return header;
}

/** The end record behind a central directory of so many `parts` and so many bytes (`size`) at `offset`. */
export function endRecord(parts: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(endRecordSize);
  record.writeUInt32LE(signatures.end, 0); //  0 - signature
  //                                           4 - number of this disk
  //                                           6 - disk of the central directory
  record.writeUInt16LE(parts, 8); //           8 - parts on this disk
  record.writeUInt16LE(parts, 10); //         10 - parts
  record.writeUInt32LE(size, 12); //          12 - size of the central directory
  record.writeUInt32LE(offset, 16); //        16 - offset of the central directory
  //                                          20 - comment length
  return record;
}

/** Size of an archive so far, in bytes; what `count` and `total` say includes the headers and the end record. */
export interface ArchiveSize {
  readonly count: number;
  readonly total: number;
}

export const emptyArchive: ArchiveSize = { count: 0, total: endRecordSize };

export function withPart({ count, total }: ArchiveSize, name: string, size: number): ArchiveSize {
  return { count: count + 1, total: total + localHeaderSize + centralHeaderSize + 2 * name.length + size };
}
