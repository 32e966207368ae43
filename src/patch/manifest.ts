/** The manifest (FORMAT §4): what a patch is from, what it leads to, and the digests of everything else in it. */
import { z } from 'zod';
import { tooLarge, type Digest } from '../bytes.ts';
import { PatchError, isPatchError } from '../errors.ts';
import { excludeProblem } from '../layer/excludes.ts';
import { nameProblem } from '../layer/name.ts';
import { parseVolatileRule } from '../registry/rules/volatile.ts';
import { fromCanonicalJson, toCanonicalJson } from './canonical-json.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { conform, digest, encoding, formatVersion, malformed, objectOf, whole } from './schema.ts';

/** One version of an application's read-only sublayer. */
export interface State {
  /** Free text, semver where possible. */
  readonly version: string;
  /** FORMAT §3.3. */
  readonly digest: Digest;
}

/** Through which both sides of the comparison are seen. Each list is sorted by UTF-16 code units, without repetition. */
export interface Rules {
  /** Globs of entries that are no part of the state. */
  readonly excludes: readonly string[];
  /** Registry content that is no part of the state. */
  readonly volatile: readonly string[];
  /** Names of the variables that stand in registry data. */
  readonly variables: readonly string[];
}

export interface Manifest {
  readonly format: number;
  /** The oldest format version whose readers understand this archive. */
  readonly minimumReader: number;
  readonly application: { readonly id: string; readonly name: string };
  readonly base: State;
  readonly target: State;
  readonly rules: Rules;
  /** The part `index`: how the index is coded, its size decoded and as stored, and the digest of the whole part, frames behind it included. */
  readonly index: {
    readonly encoding: readonly string[];
    readonly size: number;
    readonly stored: number;
    readonly digest: Digest;
  };
  /** Grows with every patch of the application. */
  readonly sequence?: number;
  /** RFC 3339 instant in UTC after which the patch is not to be applied. */
  readonly notAfter?: string;
  /** For people: reason, advisory. */
  readonly description?: string;
}

const what = 'manifest.json';

/** `manifest.json`. E_FORMAT when the manifest breaks a rule of the format. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const data = toCanonicalJson(withoutDefaults(manifest));
  decodeManifest(data);
  return data;
}

/** FORMAT §4: what has its default value is left out. */
function withoutDefaults({ minimumReader, application, rules, index, ...manifest }: Manifest): object {
  const { id, name } = application;
  const lists = Object.entries<readonly string[]>({ ...rules }).filter(([, list]) => list.length > 0);
  return {
    ...manifest,
    ...(minimumReader !== manifest.format && { minimumReader }),
    application: name === id || name === '' ? { id } : { id, name },
    index: {
      digest: index.digest,
      size: index.size,
      ...(index.encoding.length > 0 && { encoding: index.encoding, stored: index.stored }),
    },
    ...(lists.length > 0 && { rules: Object.fromEntries(lists) }),
  };
}

/** Reads `manifest.json`. E_VERSION when it needs a newer reader, E_LIMIT, and E_FORMAT for anything malformed. */
export function decodeManifest(data: Uint8Array, limits: Limits = defaultLimits): Manifest {
  if (data.length > limits.manifest) throw tooLarge(what, data.length, limits.manifest);
  const value = fromCanonicalJson(data, what);
  // FORMAT §4: the version comes first, since a later format may look any way it likes.
  const versions = conform(z.object({ format: version, minimumReader: version.optional() }), value, what);
  const { format, minimumReader = format } = versions;
  if (minimumReader > formatVersion) {
    throw new PatchError(
      'E_VERSION',
      `this patch needs a reader of format ${minimumReader}; this one reads ${formatVersion}`,
      {
        help: 'update this program',
      },
    );
  }
  if (minimumReader > format) throw malformed(what, 'minimumReader: it is above format');
  const lenient = format > formatVersion;
  const manifest = conform(manifestSchema(lenient), value, what);
  assertSizes(manifest, limits);
  if (!lenient && Buffer.compare(toCanonicalJson(withoutDefaults(manifest)), data) !== 0) {
    throw malformed(what, 'it says what is so by default');
  }
  return manifest;
}

const version = z.int().min(1);
const label = z.string().max(1024);

const rulesOf = (problem: (text: string) => string | null) =>
  z
    .array(z.string().check((text) => addProblem(text, problem(text.value))))
    .refine(isSortedSet, 'expected sorted texts, each once');
const variable = z
  .string()
  .refine((text) => nameProblem(text) === null && !text.includes('/'), 'expected a variable');
const instant = z.string().refine(isInstant, 'expected an instant in UTC, as in 2030-01-31T00:00:00Z');

function manifestSchema(lenient: boolean): z.ZodType<Manifest> {
  const state = objectOf({ version: label, digest }, lenient);
  return objectOf(
    {
      format: version,
      minimumReader: version.exactOptional(),
      application: objectOf({ id: label.min(1), name: label.exactOptional() }, lenient),
      base: state,
      target: state,
      rules: objectOf(
        {
          excludes: rulesOf(excludeProblem).default([]),
          volatile: rulesOf(volatileProblem).default([]),
          variables: z.array(variable).refine(isSortedSet, 'expected sorted names, each once').default([]),
        },
        lenient,
      ).default(noRules),
      index: objectOf(
        { encoding: encoding.default([]), size: whole, stored: whole.exactOptional(), digest },
        lenient,
      ).transform(({ stored, ...index }) => ({ ...index, stored: stored ?? index.size })),
      sequence: whole.exactOptional(),
      notAfter: instant.exactOptional(),
      description: z.string().max(65_536).exactOptional(),
    },
    lenient,
  ).transform(({ minimumReader, application, ...rest }) => ({
    ...rest,
    minimumReader: minimumReader ?? rest.format,
    application: { id: application.id, name: application.name ?? application.id },
  }));
}

const noRules = { excludes: [], volatile: [], variables: [] };

function addProblem({ issues, value }: z.core.ParsePayload<string>, problem: string | null): void {
  if (problem !== null) issues.push({ code: 'custom', message: problem, input: value });
}

function volatileProblem(text: string): string | null {
  try {
    parseVolatileRule(text);
    return null;
  } catch (error) {
    if (isPatchError(error)) return error.message;
    throw error;
  }
}

function isSortedSet(list: readonly string[]): boolean {
  return list.every((text, at) => at === 0 || (list[at - 1] ?? '') < text);
}

/** RFC 3339 with `T` and `Z`; the round trip refuses the 30th of February. */
function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19);
}

function assertSizes({ index }: Manifest, limits: Limits): void {
  if (index.stored > limits.indexStored) throw tooLarge('the stored index', index.stored, limits.indexStored);
  if (index.size > limits.index) throw tooLarge('the index', index.size, limits.index);
  if (index.encoding.length > 1) throw malformed(what, 'index.encoding: it has more than one step');
  if (index.encoding.length === 0 && index.stored !== index.size) {
    throw malformed(what, 'index.stored: it differs from the size, but the index is not coded');
  }
  if (index.stored > index.size) throw malformed(what, 'index.stored: it is above the size');
}
