/** The form of one change record (FORMAT §5). What records mean together is the business of change-rules.ts. */
import { z } from 'zod';
import type { Change } from './change.ts';
import { digest, encoding, name, objectOf, whole } from './schema.ts';

/** The schema of a change; with `lenient`, unknown fields are dropped instead of refused. */
export function changeSchema(lenient: boolean): z.ZodType<Change> {
  // FORMAT §3.2
  const mode = whole.max(0o7777).exactOptional();
  const meta = z.discriminatedUnion('type', [
    objectOf({ type: z.literal('file'), size: whole, digest, mode }, lenient),
    objectOf({ type: z.literal('hive'), size: whole, digest }, lenient),
    objectOf({ type: z.literal('link'), to: z.string() }, lenient),
    objectOf({ type: z.literal('directory'), mode }, lenient),
    objectOf({ type: z.literal('delete-entry') }, lenient),
  ]);
  const common = {
    name,
    encoding,
    reference: objectOf({ name, size: whole, digest }, lenient).exactOptional(),
    payload: whole,
  };
  return z.discriminatedUnion('kind', [
    objectOf({ ...common, kind: z.literal('add'), before: z.null(), after: meta }, lenient),
    objectOf({ ...common, kind: z.literal('modify'), before: meta, after: meta }, lenient),
    objectOf({ ...common, kind: z.literal('move'), from: name, before: meta, after: meta }, lenient),
    objectOf({ ...common, kind: z.literal('remove'), before: meta, after: z.null() }, lenient),
  ]);
}
