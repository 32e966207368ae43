/**
 * Numbers of the regf format that its reader and its writer share. Source: "Windows registry file format
 * specification" (M. Suhanov). Sizes are in bytes.
 */

/** The file's header; hive bins begin behind it, and all offsets count from there. */
export const baseBlockSize = 4096;
/** Bins are multiples of it. */
export const pageSize = 4096;
export const binHeaderSize = 32;
/** The offset of what is not there. */
export const nowhere = 0xffff_ffff;

/** Flags of a key node. */
export const KEY_HIVE_ENTRY = 0x0004;
export const KEY_NO_DELETE = 0x0008;
export const KEY_SYM_LINK = 0x0010;
export const KEY_COMP_NAME = 0x0020;

/** Flags of a key value. */
export const VALUE_COMP_NAME = 0x0001;
export const VALUE_TOMBSTONE = 0x0002;

/** In a value's data size: the data stand in the place of their offset. */
export const dataInline = 0x8000_0000;
/** More than this much data is cut into segments of this size, from version 1.4 on. */
export const segmentSize = 16_344;

/** Flags of the base block (offset 144): the hive may be a layer over another one. */
export const HIVE_LAYERED = 0x0002;
/** Layer semantics of a key node in such a hive, the low two bits of byte 13. */
export const LAYER_TOMBSTONE = 1;
export const LAYER_SUPERSEDE_LOCAL = 2;
export const LAYER_SUPERSEDE_TREE = 3;
/** In the same byte: the class name is that of the key below. */
export const LAYER_INHERIT_CLASS = 0x80;

/** The minor version from which on there are big data records, hash leaves, and layers. */
export const bigDataSince = 4;
export const hashLeafSince = 5;
export const layeredSince = 6;
