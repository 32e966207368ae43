/** The form of one change record (FORMAT §5.2). What records mean together is the business of change-rules.ts. */
import { z } from 'zod';
import type { Change, Reference } from './change.ts';
import { digestPrefix, encoding, name, objectOf, whole } from './schema.ts';

// FORMAT §3.2
const mode = whole.max(0o7777).exactOptional();
const meta = z.discriminatedUnion('type', [
  objectOf({ type: z.literal('file'), size: whole, digest: digestPrefix, mode }, false),
  objectOf({ type: z.literal('hive'), size: whole, digest: digestPrefix }, false),
  objectOf({ type: z.literal('link'), to: z.string() }, false),
  objectOf({ type: z.literal('directory'), mode }, false),
  objectOf({ type: z.literal('delete-entry') }, false),
]);

export const referenceSchema: z.ZodType<Reference> = objectOf(
  { name, size: whole, digest: digestPrefix },
  false,
);

const common = {
  name,
  encoding,
  reference: referenceSchema.exactOptional(),
  payload: whole,
  group: whole.exactOptional(),
};

export const changeSchema: z.ZodType<Change> = z.discriminatedUnion('kind', [
  objectOf({ ...common, kind: z.literal('add'), before: z.null(), after: meta }, false),
  objectOf({ ...common, kind: z.literal('modify'), before: meta, after: meta }, false),
  objectOf({ ...common, kind: z.literal('move'), from: name, before: meta, after: meta }, false),
  objectOf({ ...common, kind: z.literal('remove'), before: meta, after: z.null() }, false),
]);
