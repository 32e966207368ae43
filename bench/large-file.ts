/**
 * One large file with scattered edits and an insertion at its front: how much memory and time do create and apply
 * take, and how small is the patch? See bench/README.md.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { benchOneFile } from './one-file.ts';
import { benchOptions } from './options.ts';
import { randomBytes } from './random.ts';

const edits = 2000;
const inserted = 37;
const chunk = 1 << 20;

const options = benchOptions('large-file', 'size', 1024);
const size = options.number;
await benchOneFile(
  {
    name: 'large-file',
    title: `${size} MiB, ${edits} edits, ${inserted} bytes inserted at the front`,
    makeBase: (file) => makeVersion(file, false),
    makeTarget: (file) => makeVersion(file, true),
    memory: { create: 1 << 30, apply: 256 << 20 },
    share: 0.02,
  },
  options,
);

/** Piece by piece. */
function makeVersion(path: string, edited: boolean): void {
  const next = randomBytes('large-file');
  const nextEdit = randomBytes('large-file edits');
  const file = openSync(path, 'wx');
  const front = nextEdit(inserted);
  if (edited) writeAll(file, front);
  let made = 0;
  for (let at = 0; at < size; at++) {
    const piece = next(chunk);
    for (const wanted = Math.round(((at + 1) * edits) / size); edited && made < wanted; made++) {
      // Somewhere in the piece, one to eight bytes that are others than before.
      const place = nextEdit(4).readUInt32LE() % (chunk - 8);
      const length = 1 + ((nextEdit(1)[0] ?? 0) & 7);
      for (let i = place; i < place + length; i++) piece[i] = ~(piece[i] ?? 0);
    }
    writeAll(file, piece);
  }
  closeSync(file);
}

function writeAll(file: number, data: Buffer): void {
  for (let done = 0; done < data.length;) done += writeSync(file, data, done);
}
