/** The pieces that the schemas of manifest and index share. */
import { z } from 'zod';
import { isDigest, type Digest } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { entryName } from '../layer/name.ts';

/** The format version that this code writes and fully understands. */
export const formatVersion = 1;

/** FORMAT §1: an integer from 0 to 2^53 − 1. */
export const whole = z.int().min(0);
export const digest = z.custom<Digest>(isDigest, 'expected sha256: and 64 lower-case hexadecimal digits');
/** The beginning of a digest, of a whole number of bytes (FORMAT §5.2). */
export const digestPrefix = z.custom<Digest>(
  (text) => typeof text === 'string' && /^sha256:([0-9a-f]{2}){0,32}$/.test(text),
  'expected sha256: and an even number of hexadecimal digits',
);
/** The one way to a name, which raises E_NAME itself (FORMAT §3.1). */
export const name = z.string().transform(entryName);
/** Codecs with their versions; which of them there are is known to whoever decodes (E_CODEC). */
export const encoding = z
  .array(
    z.string().regex(/^[a-z][a-z0-9-]*\/[1-9][0-9]*$/, 'expected a codec and its version, as in brotli/1'),
  )
  .max(8);

/** An object of these fields and no others; with `lenient`, others are dropped (FORMAT §4: a later format). */
export function objectOf<S extends z.core.$ZodLooseShape>(fields: S, lenient: boolean) {
  return lenient ? z.object(fields) : z.strictObject(fields);
}

/** Checks a value against a schema; E_FORMAT with the first thing that is wrong and where it is. */
export function conform<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = z.core.toDotPath(issue?.path ?? []);
  throw malformed(what, `${field === '' ? 'it is' : field}: ${issue?.message ?? 'invalid'}`);
}

/** E_FORMAT: `what` breaks a rule of the format. */
export function malformed(what: string, problem: string, entry?: string): PatchError {
  return new PatchError('E_FORMAT', `${what} is malformed: ${problem}`, {
    ...(entry === undefined ? {} : { entry }),
    help: 'get the patch again; if it stays so, whoever made it has to make it anew',
  });
}
