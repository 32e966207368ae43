/** Two versions of an application on the command line, for `create` and `diff`. */
import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import { type Application, type FamilyName, defineApplication, families } from '../../presets/index.ts';
import type { DeltaCodec } from '../delta/codec.ts';
import { type LevelName, levelNames } from '../delta/cover/levels.ts';
import { xdelta3 } from '../delta/xdelta3.ts';
import type { Layer } from '../layer/layer.ts';
import { openLayer } from '../layer/open-layer.ts';
import { many } from './common-options.ts';
import { guessIdentity } from './guess-identity.ts';
import { findConfig, loadConfig } from './load-config.ts';
import type { Session } from './session.ts';

export interface VersionOptions {
  readonly config?: string;
  readonly preset?: string;
  readonly baseRegistry: readonly string[];
  readonly targetRegistry: readonly string[];
  readonly exclude: readonly string[];
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly codec?: CodecName;
  readonly level?: LevelName;
}

/** Codecs by the names that they have on the command line. */
const codecs = { xdelta3: [xdelta3()], none: [] } as const satisfies Record<string, readonly DeltaCodec[]>;
type CodecName = keyof typeof codecs;

export function addVersionOptions(command: Command): Command {
  return command
    .argument('<base>', 'the version that is there: an application folder, a layer folder or a .vsa')
    .argument('<target>', 'the version to come')
    .addOption(many('--base-registry <file>', 'registry file of the base folder'))
    .addOption(many('--target-registry <file>', 'registry file of the target folder'))
    .addOption(many('--exclude <glob>', 'entries that are no part of the application'))
    .option('--preset <name>', `the rules of a family of applications: ${Object.keys(families).join(', ')}`)
    .option('--config <file>', 'configuration (default: vpa.config.ts, .js or .mjs in this folder)')
    .option('--id <id>', 'id of the application (default: from layer.json, package.json or the folder)')
    .option('--from <version>', 'version of the base')
    .option('--to <version>', 'version of the target');
}

export function codecOption(): Option {
  return new Option('--codec <name>', 'how changed files are coded').choices(Object.keys(codecs));
}

export function levelOption(): Option {
  return new Option('--level <name>', 'how much time a small patch may take (default: default)').choices(
    levelNames,
  );
}

export interface Versions {
  readonly application: Application;
  readonly base: Layer;
  readonly target: Layer;
  readonly from: string;
  readonly to: string;
}

/** Opens both versions and says whose they are: what the command line says adds to or overrides the configuration. */
export async function openVersions(
  session: Session,
  basePath: string,
  targetPath: string,
  options: VersionOptions,
): Promise<Versions> {
  const file = options.config ?? findConfig(process.cwd());
  const config = file === null ? {} : await loadConfig(file);
  if (file !== null && options.config === undefined) {
    session.note({ code: 'config', message: `using the configuration ${relative(process.cwd(), file)}` });
  }
  const base = await openLayer({ path: basePath, registry: options.baseRegistry });
  const target = await openLayer({ path: targetPath, registry: options.targetRegistry });
  const guessed = guessIdentity(target);
  const preset = options.preset ?? config.preset;
  const application = defineApplication({
    ...config,
    id: options.id ?? config.id ?? guessed.id,
    name: config.name ?? (options.id === undefined && config.id === undefined ? guessed.name : ''),
    excludes: [...(config.excludes ?? []), ...options.exclude],
    // A name that is none is refused by defineApplication.
    ...(preset !== undefined && { preset: preset as FamilyName }),
    ...(options.codec && { codecs: codecs[options.codec] }),
    ...(options.level && { level: options.level }),
  });
  return {
    application,
    base,
    target,
    from: options.from ?? guessIdentity(base).version,
    to: options.to ?? guessed.version,
  };
}
