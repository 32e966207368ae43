/** The security descriptor of keys that have none (MS-DTYP §2.4). */

/** `S-1-5-…`; the authority is NT. */
function sid(...parts: readonly number[]): number[] {
  return [
    1, //                      0 - Revision
    parts.length, //           1 - SubAuthorityCount
    ...[0, 0, 0, 0, 0, 5], //  2 - IdentifierAuthority, big-endian
    ...parts.flatMap(u32), //  8 - SubAuthority
  ];
}

/** Access that is allowed to a SID here and, by inheritance, in keys that are made below. */
function allow(mask: number, to: readonly number[]): number[] {
  return [
    0, //                      0 - AceType: ACCESS_ALLOWED
    2, //                      1 - AceFlags: CONTAINER_INHERIT
    ...u16(8 + to.length), //  2 - AceSize
    ...u32(mask), //           4 - Mask
    ...to, //                  8 - Sid
  ];
}

function acl(...entries: readonly (readonly number[])[]): number[] {
  const body = entries.flat();
  return [
    2, //                       0 - AclRevision
    0, //                       1 - Sbz1
    ...u16(8 + body.length), // 2 - AclSize
    ...u16(entries.length), //  4 - AceCount
    ...u16(0), //               6 - Sbz2
    ...body,
  ];
}

function descriptor(owner: readonly number[], group: readonly number[], dacl: readonly number[]): Uint8Array {
  const headerSize = 20;
  return Uint8Array.of(
    1, //                                                          0 - Revision
    0, //                                                          1 - Sbz1
    ...u16(0x8004), //                                             2 - Control: SELF_RELATIVE, DACL_PRESENT
    ...u32(headerSize + dacl.length), //                           4 - OffsetOwner
    ...u32(headerSize + dacl.length + owner.length), //            8 - OffsetGroup
    ...u32(0), //                                                 12 - OffsetSacl: none
    ...u32(headerSize), //                                        16 - OffsetDacl
    ...dacl,
    ...owner,
    ...group,
  );
}

function u16(value: number): number[] {
  return [value & 0xff, value >>> 8];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

const KEY_ALL_ACCESS = 0xf003f;
const KEY_READ = 0x20019;
const system = sid(18);
const administrators = sid(32, 544);
const users = sid(32, 545);

/**
 * Owner Administrators, group SYSTEM; full control for SYSTEM and Administrators, read for Users; inherited by new
 * keys. In SDDL: `O:BAG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)`.
 */
export const defaultSecurity: Uint8Array = descriptor(
  administrators,
  system,
  acl(allow(KEY_ALL_ACCESS, system), allow(KEY_ALL_ACCESS, administrators), allow(KEY_READ, users)),
);
