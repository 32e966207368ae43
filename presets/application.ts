/** One application's configuration: both of its pipelines come from it, the gulp way and by the command. */
import { capture } from '../plugins/index.ts';
import type { SealOptions } from '../plugins/index.ts';
import type { DeltaCodec } from '../src/delta/codec.ts';
import { type LevelName, levelOf } from '../src/delta/cover/levels.ts';
import { PatchError } from '../src/errors.ts';
import { createExclude } from '../src/layer/excludes.ts';
import type { Layer } from '../src/layer/layer.ts';
import type { LayerSource } from '../src/layer/open-layer.ts';
import { parseVolatileRule } from '../src/registry/rules/volatile.ts';
import type { Signer } from '../src/sign/signer.ts';
import { type Stage, after, before } from '../src/stream/stage.ts';
import { type ApplyAtOptions, type ApplyOptions, apply } from './apply.ts';
import { type ApplyTogetherOptions, applyTogether } from './apply-together.ts';
import { create } from './create.ts';
import type { Family } from './family.ts';
import { generic } from './generic.ts';
import { type RepairAtOptions, type RepairOptions, repair } from './repair.ts';
import { windows } from './windows.ts';

/** Extra stages by the name of the stage that they stand before or behind. Each call gives a fresh stage. */
export interface ExtraStages {
  readonly before?: Readonly<Record<string, () => Stage | readonly Stage[]>>;
  readonly after?: Readonly<Record<string, () => Stage | readonly Stage[]>>;
}

export interface Application {
  /** A GUID or any other name that never changes. */
  readonly id: string;
  /** For people; the id if left out. */
  readonly name?: string;
  /** The family whose rules apply, by name or as data; `generic` if left out. */
  readonly preset?: FamilyName | Family;
  /** Exclude entries, beside those of the family. */
  readonly excludes?: readonly string[];
  readonly rules?: {
    /** Volatile registry rules, beside those of the family. */
    readonly volatile?: readonly string[];
    /** Variable name → path in registry data on this machine. */
    readonly variables?: Readonly<Record<string, string>>;
  };
  /** How much time deltas may take, `fast`, `default` or `max`; the family's if left out. */
  readonly level?: LevelName;
  /** Delta codecs to choose from, instead of the family's. */
  readonly codecs?: readonly DeltaCodec[];
  /** Who signs its patches, beside the keys that a run is given. */
  readonly signers?: readonly Signer[];
  readonly stages?: { readonly create?: ExtraStages; readonly apply?: ExtraStages };
}

export const families = { generic, windows } as const;
export type FamilyName = keyof typeof families;

/** Checks a configuration and gives it back. E_USAGE for an empty id, an unknown preset or level, or a rule that is none. */
export function defineApplication(application: Application): Application {
  if (typeof application.id !== 'string' || application.id === '') {
    throw new PatchError('E_USAGE', 'the configuration gives the application no id', { help: 'add id: …' });
  }
  familyOf(application);
  levelOf(application.level ?? 'default');
  createExclude(application.excludes ?? []);
  for (const rule of application.rules?.volatile ?? []) parseVolatileRule(rule);
  return application;
}

/** The family of an application. E_USAGE for a name that is none. */
export function familyOf({ preset = 'generic' }: Pick<Application, 'preset'>): Family {
  if (typeof preset !== 'string') return preset;
  // A configuration need not have been checked by TypeScript.
  if (Object.hasOwn(families, preset)) return families[preset];
  throw new PatchError('E_USAGE', `there is no preset '${preset}'`, {
    help: `there are: ${Object.keys(families).join(', ')}`,
  });
}

export interface CreatePatchOptions extends Omit<SealOptions, 'id' | 'name' | 'compressor'> {
  readonly base: LayerSource | Layer;
  readonly target: LayerSource | Layer;
  readonly signers?: readonly Signer[];
  readonly threads?: number;
  /** How much time deltas may take; the application's if left out. E_USAGE for a name that is no level. */
  readonly level?: LevelName;
}

/** The whole chain that makes a patch of an application: from two versions to one `.vpa` file. */
export function createPatch(application: Application, options: CreatePatchOptions): Stage[] {
  const family = familyOf(application);
  const { excludes = [], rules = {}, signers = [] } = application;
  const codecs = application.codecs ?? family.codecs;
  const level = options.level ?? application.level ?? family.level;
  const variables = rules.variables ?? {};
  const chain = [
    capture({
      base: options.base,
      target: options.target,
      excludes: [...family.excludes, ...excludes],
      expected: excludes,
      variables,
      ...(options.threads !== undefined && { threads: options.threads }),
    }),
    ...create({
      ...options,
      id: application.id,
      ...(application.name !== undefined && { name: application.name }),
      ...(codecs && { codecs }),
      ...(level && { level }),
      volatile: [...family.volatile, ...(rules.volatile ?? [])],
      expected: rules.volatile ?? [],
      variables: [...family.variables, ...Object.keys(variables)],
      signers: [...signers, ...(options.signers ?? [])],
    }),
  ];
  return withExtras(chain, application.stages?.create);
}

/** The whole chain that applies a `.vpa` file. Without a configuration, what the patch says is all there is. */
export function applyPatch(options: ApplyOptions | ApplyAtOptions, application?: Application): Stage[] {
  return withExtras(apply(forApplication(options, application)), application?.stages?.apply);
}

/** The whole chain that applies several `.vpa` files as one. The application's stages stand in the chain of each patch. */
export function applyPatches(options: ApplyTogetherOptions, application?: Application): Stage[] {
  const { inside, around } = divided(application?.stages?.apply);
  const chain = applyTogether({
    ...forApplication(options, application),
    each: (one) => withExtras(one, inside),
  });
  return withExtras(chain, around);
}

function forApplication<Options extends ApplyOptions | ApplyAtOptions>(
  options: Options,
  application?: Application,
): Options {
  const variables = { ...application?.rules?.variables, ...options.variables };
  const codecs = options.codecs ?? application?.codecs;
  return { ...options, variables, ...(codecs && { codecs }) };
}

/** Only `deploy` is there once for all patches. */
function divided(extras: ExtraStages = {}): { readonly inside: ExtraStages; readonly around: ExtraStages } {
  const pick = (of: ExtraStages['before'] = {}, once: boolean): NonNullable<ExtraStages['before']> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => (name === 'deploy') === once));
  const part = (once: boolean): ExtraStages => ({
    before: pick(extras.before, once),
    after: pick(extras.after, once),
  });
  return { inside: part(false), around: part(true) };
}

/** The whole chain that brings an installed folder back to the state of a source, under the rules of the application. */
export function repairFolder(options: RepairOptions | RepairAtOptions, application?: Application): Stage[] {
  const family = familyOf(application ?? {});
  const { excludes = [], rules = {} } = application ?? {};
  return repair({
    ...options,
    excludes: options.rules?.excludes ?? [...family.excludes, ...excludes, ...(options.excludes ?? [])],
    volatile: [...family.volatile, ...(rules.volatile ?? []), ...(options.volatile ?? [])],
    variableNames: [...family.variables, ...(options.variableNames ?? [])],
    variables: { ...rules.variables, ...options.variables },
  });
}

function withExtras(chain: readonly Stage[], extras: ExtraStages = {}): Stage[] {
  let result = [...chain];
  for (const [name, make] of Object.entries(extras.before ?? {}))
    result = before(name, result, ...[make()].flat());
  for (const [name, make] of Object.entries(extras.after ?? {}))
    result = after(name, result, ...[make()].flat());
  return result;
}
