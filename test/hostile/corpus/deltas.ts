/** Deltas that read or write out of range (FORMAT §6.2 and §6.3). */
import type { ErrorCode } from '../../../src/errors.ts';
import { varint } from '../../../src/delta/vcdiff/varint.ts';
import { contentAt, newProgram } from '../archive.ts';
import type { Hostile } from './hostile.ts';

/** The payload of the change of that name is another one. */
const payload = (
  of: string,
  name: string,
  code: ErrorCode,
  says: RegExp,
  make: (honest: Uint8Array) => Uint8Array,
): Hostile => ({
  name,
  code,
  says,
  twist: {
    pieces: (honest) =>
      honest.map((one) => {
        if (one.change.name !== of) return one;
        const data = make(one.payload);
        return { change: { ...one.change, payload: data.length }, payload: data };
      }),
  },
});
const vcdiff = (
  name: string,
  says: RegExp,
  make: (honest: Uint8Array) => Uint8Array,
  code: ErrorCode = 'E_FORMAT',
): Hostile => payload('AppRoot/notes.exe', `a VCDIFF delta ${name}`, code, says, make);
const registry = (
  name: string,
  says: RegExp,
  make: (honest: Uint8Array) => Uint8Array,
  code: ErrorCode = 'E_FORMAT',
): Hostile => payload('Registry/machine', `a registry delta ${name}`, code, says, make);

const magic = [0xd6, 0xc3, 0xc4, 0x00];
interface Window {
  readonly indicator?: number;
  readonly segment?: readonly [length: number, position: number];
  readonly length: number;
  readonly data?: string;
  readonly instructions: readonly number[];
  readonly addresses?: readonly number[];
  readonly coded?: number;
  /** Added to the lengths that the window gives of itself and its sections. */
  readonly lies?: readonly [whole?: number, data?: number, instructions?: number, addresses?: number];
}

function delta(...windows: readonly Window[]): Uint8Array {
  return Buffer.from([...magic, 0, ...windows.flatMap(bytesOf)]);
}

function bytesOf({
  indicator,
  segment,
  length,
  data = '',
  instructions,
  addresses = [],
  coded = 0,
  lies = [],
}: Window): number[] {
  const body = [
    ...varint(length),
    coded,
    ...varint(data.length + (lies[1] ?? 0)),
    ...varint(instructions.length + (lies[2] ?? 0)),
    ...varint(addresses.length + (lies[3] ?? 0)),
    ...Buffer.from(data),
    ...instructions,
    ...addresses,
  ];
  return [
    indicator ?? (segment ? 1 : 0),
    ...(segment ?? []).flatMap((one) => [...varint(one)]),
    ...varint(body.length + (lies[0] ?? 0)),
    ...body,
  ];
}

const size = newProgram.length;
const reference = contentAt('notes.exe').length;
const add = (length: number): number[] => [1, ...varint(length)];
const run = (length: number): number[] => [0, ...varint(length)];
const copy = (length: number): number[] => [19, ...varint(length)];
const whole: Window = { length: size, data: 'x', instructions: run(size) };
const broken = /delta|malformed|range/;

/** `VRD`, version 1, and records in hexadecimal. */
const records = (hex: string) => (): Uint8Array => Buffer.from(`5652 4401 ${hex}`.replaceAll(' ', ''), 'hex');
/** Of a path of one name that does not share any: `Software`. */
const software = '00 01 08 53006f00660074007700610072006500';
const acme = `00 02 08 53006f00660074007700610072006500 04 410063006d006500`;
const count = '05 43006f0075006e007400';

export const deltas: readonly Hostile[] = [
  vcdiff('of nothing', broken, () => new Uint8Array()),
  vcdiff('that is another file', broken, () => Buffer.from('MZ this is a program')),
  vcdiff('of another version', broken, () => Buffer.from([0xd6, 0xc3, 0xc4, 1, 0])),
  vcdiff('with its own code table', /code table/, () => Buffer.from([...magic, 2, 4, 0, 0, 0, 0])),
  vcdiff('with a compressor that nobody has', broken, () => Buffer.from([...magic, 1, 99])),
  vcdiff('with a compressor that we do not decode', /DJW/, () => Buffer.from([...magic, 1, 1])),
  vcdiff('without any window', broken, () => Buffer.from([...magic, 0])),
  vcdiff('that makes less than it should', broken, () =>
    delta({ ...whole, length: size - 1, instructions: run(size - 1) }),
  ),
  vcdiff('that makes more than it should', broken, () => delta(whole, whole)),
  vcdiff(
    'with a window of 16 GiB',
    /window of the delta is too large/,
    () => delta({ ...whole, length: 2 ** 34, instructions: run(2 ** 34) }),
    'E_LIMIT',
  ),
  vcdiff('that reads behind the end of the reference', broken, () =>
    delta({
      segment: [100, reference - 50],
      length: size,
      data: 'x',
      instructions: [...copy(100), ...run(size - 100)],
      addresses: [0],
    }),
  ),
  vcdiff('whose reference begins behind its end', broken, () =>
    delta({ segment: [1, reference], length: size, data: 'x', instructions: run(size) }),
  ),
  vcdiff('whose reference is longer than all', broken, () =>
    delta({ segment: [2 ** 40, 0], length: size, data: 'x', instructions: run(size) }),
  ),
  vcdiff('whose numbers are beyond 2^53', broken, () =>
    Buffer.from([...magic, 0, 1, ...Array<number>(9).fill(0xff), 0x7f]),
  ),
  vcdiff('whose copy reads what is not made yet', broken, () =>
    delta({
      segment: [10, 0],
      length: size,
      data: 'x',
      instructions: [...copy(20), ...run(size - 20)],
      addresses: [50],
    }),
  ),
  vcdiff('whose address points before its beginning', broken, () =>
    delta({
      segment: [10, 0],
      length: size,
      data: 'x',
      instructions: [35, 20, ...run(size - 20)],
      addresses: [...varint(5000)],
    }),
  ),
  vcdiff('with output that is not there yet', broken, () =>
    delta({ indicator: 2, segment: [100, 0], length: size, data: 'x', instructions: run(size) }),
  ),
  vcdiff('with two sources', broken, () =>
    delta({ indicator: 3, segment: [1, 0], length: size, data: 'x', instructions: run(size) }),
  ),
  vcdiff('with an indicator that nobody knows', broken, () => delta({ ...whole, indicator: 0x80 })),
  vcdiff('that adds more than it has', broken, () =>
    delta({ length: size, data: 'x', instructions: add(size) }),
  ),
  vcdiff('with data that nobody uses', broken, () =>
    delta({ length: size, data: 'xyz', instructions: run(size) }),
  ),
  vcdiff('with addresses that nobody uses', broken, () => delta({ ...whole, addresses: [0, 0, 0] })),
  vcdiff('whose instructions write behind the end', broken, () =>
    delta({ ...whole, instructions: run(size + 1) }),
  ),
  vcdiff('whose instructions end too early', broken, () => delta({ ...whole, instructions: run(size - 1) })),
  vcdiff('whose window says another length', broken, () => delta({ ...whole, lies: [1] })),
  vcdiff('whose window reaches behind the end', broken, () =>
    delta({ ...whole, lies: [1_000_000, 0, 0, 1_000_000] }),
  ),
  vcdiff('whose data are longer than the window', broken, () => delta({ ...whole, lies: [0, 1_000_000] })),
  vcdiff('whose sections are said to be compressed', broken, () => delta({ ...whole, coded: 1 })),
  vcdiff('that is cut off', broken, (honest) => honest.subarray(0, -10)),
  vcdiff('with something behind its end', broken, (honest) => Buffer.concat([honest, Buffer.from('hidden')])),
  vcdiff(
    'that makes something else of the same size',
    /not what it promises/,
    () => delta(whole),
    'E_DIGEST',
  ),
  registry('of nothing', /registry delta|delta/, () => new Uint8Array()),
  registry('of another version', /delta/, () => Buffer.from('5652440200', 'hex')),
  registry('with more records than there are', /delta/, records('05')),
  registry('with 2^60 records', /delta/, records('ffffffffffffffff0f')),
  registry('with more records than there may be', /delta|records/, records('ffffff7f'), 'E_LIMIT'),
  registry('with a number that is longer than it needs', /delta/, records('8000')),
  registry('with an operation that nobody knows', /delta/, records(`01 63 ${software}`)),
  registry('whose first path shares names', /delta/, records('01 01 01 00 00')),
  registry('with a name of 2^40 characters', /delta|name/, records('01 01 00 01 808080808020'), 'E_LIMIT'),
  registry(
    'with data of 2^40 bytes',
    /delta|data/,
    records(`01 05 ${acme} 01 7800 05 808080808020`),
    'E_LIMIT',
  ),
  registry('with an empty name', /delta/, records('01 01 00 01 00 00')),
  registry('with a backslash in a name', /delta/, records('01 01 00 01 01 5c00 00')),
  registry('that removes the root', /delta/, records('01 02 00 00 01 00')),
  registry('with something behind its end', /delta/, (honest) => Buffer.concat([honest, Buffer.from([0])])),
  registry('that is cut off', /delta/, (honest) => honest.subarray(0, -1)),
  registry('out of order', /delta/, records(`02 01 00 01 01 7800 00 01 00 01 01 6100 00`)),
  registry(
    'that changes what is not there',
    /./,
    records(`01 06 ${acme} 05 4700680061007a007a00 05 04 02000000`),
    'E_BASE_MISMATCH',
  ),
  registry(
    'that adds what is there',
    /./,
    records(`01 05 ${acme} ${count} 05 04 02000000`),
    'E_BASE_MISMATCH',
  ),
  registry(
    'that removes a key which is not there',
    /./,
    records('01 02 00 01 04 4e006f0070006500 01 00'),
    'E_BASE_MISMATCH',
  ),
  registry(
    'that makes another hive',
    /not what it promises/,
    records(`01 06 ${acme} ${count} 05 04 63000000`),
    'E_DIGEST',
  ),
  registry(
    'whose difference is of other data',
    /./,
    records(`01 0b ${acme} ${count} 05 8140 ${'00'.repeat(32)} 8240 03 00 00 00`),
    'E_FORMAT',
  ),
];
