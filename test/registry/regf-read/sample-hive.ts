/** One hive with a record of each kind, and where they are. */
import { HiveBuilder } from './build-hive.ts';

export const descriptor = Buffer.from('0100048000000000000000000000000000000000', 'hex');
export const bigData = Buffer.from(
  Uint8Array.from({ length: 40_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff),
);

export interface Sample {
  readonly builder: HiveBuilder;
  readonly at: Readonly<Record<SampleRecord, number>>;
  /** The hive, with what was changed in the builder meanwhile. */
  build(options?: { readonly minor?: number; readonly flags?: number }): Buffer;
}

export type SampleRecord =
  | 'root'
  | 'security'
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'deep'
  | 'index'
  | 'lf'
  | 'lh'
  | 'li'
  | 'deepList'
  | 'values'
  | 'text'
  | 'inline'
  | 'big'
  | 'empty';

/**
 * Root: `A` (class, link), `B` (values), `Ü` in Latin-1 and `Ж` in UTF-16 through an index of lf, lh and li; `A\deep`.
 */
export function sampleHive(): Sample {
  const builder = new HiveBuilder();
  const root = builder.key({ name: 'ROOT', flags: 0x2c, lastWrite: 130_000_000_000_000_000n });
  const security = builder.security(descriptor);
  builder.u32(root, 44, security);
  const below = { parent: root, security };
  const a = builder.key({ ...below, name: 'A', className: 'Klaße', flags: 0x10, lastWrite: 5n });
  const b = builder.key({ ...below, name: 'B' });
  const c = builder.key({ ...below, name: 'Ü' });
  const d = builder.key({ ...below, name: Buffer.from('Ж', 'utf16le') });
  const deep = builder.key({ name: 'deep', parent: a });
  const deepList = builder.list('lh', [deep]);
  builder.subkeys(a, deepList, 1);
  const [lf, lh, li] = [builder.list('lf', [a]), builder.list('lh', [b]), builder.list('li', [c, d])];
  const index = builder.list('ri', [lf, lh, li]);
  builder.subkeys(root, index, 4);
  const text = builder.value('text', 1, Buffer.from('hello\0', 'utf16le'));
  const inline = builder.value('dword', 0x0040_0004, Buffer.from([1, 2, 3, 4]));
  const big = builder.value(Buffer.from('größe', 'utf16le'), 0xffff_1234, bigData);
  const empty = builder.value('', 7, Buffer.alloc(0));
  const values = builder.values(b, [text, inline, big, empty]);
  const at = {
    root,
    security,
    a,
    b,
    c,
    d,
    deep,
    index,
    lf,
    lh,
    li,
    deepList,
    values,
    text,
    inline,
    big,
    empty,
  };
  return { builder, at, build: (options) => builder.build(root, options) };
}
