/**
 * One file of many GiB that is mostly holes, as an image of a disk is: no size or place in a file may be a number of 32
 * bits, and memory may not grow with the file. See bench/README.md.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { benchOneFile } from './one-file.ts';
import { benchOptions } from './options.ts';
import { randomBytes } from './random.ts';

const mebibyte = 1 << 20;
/** In each run of so many bytes is one island of data. */
const spacing = 16 * mebibyte;
const island = mebibyte;
/** In the target all islands are so many bytes further. */
const shift = 4099;
/** Each third island is another one: that from the other half of the file, mostly beyond 4 GiB. */
const swapped = 3;

const options = benchOptions('sparse-file', 'size', 6144);
const size = options.number * mebibyte;
const islands = Math.floor(size / spacing);
await benchOneFile(
  {
    name: 'sparse-file',
    title: `${options.number} MiB, of which ${(islands * island) / mebibyte} are not zeros: moved by ${shift} bytes, edited, each third from elsewhere`,
    makeBase: (file) => makeVersion(file, false),
    makeTarget: (file) => makeVersion(file, true),
    memory: { create: 1 << 30, apply: 256 << 20 },
    share: 0.001,
  },
  options,
);

/** What is not written are holes, where the file system has them. */
function makeVersion(path: string, edited: boolean): void {
  const file = openSync(path, 'wx');
  for (let number = 0; number < islands; number++) {
    const half = islands >> 1;
    const from =
      edited && number % swapped === 0 && number < 2 * half ? (number + half) % (2 * half) : number;
    const data = randomBytes(`sparse-file ${from}`)(island - shift);
    if (edited) data.write(`edited ${number}`, (number * 2711) % (data.length - 32));
    writeAll(file, data, number * spacing + (edited ? shift : 0));
  }
  ftruncateSync(file, size);
  closeSync(file);
}

function writeAll(file: number, data: Buffer, place: number): void {
  for (let done = 0; done < data.length;)
    done += writeSync(file, data, done, data.length - done, place + done);
}
