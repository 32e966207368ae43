/** `vpa apply FILE --to DIR`: applies a patch, all or nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFile } from '../layer/file-bytes.ts';
import { openArchiveFile } from '../stream/open-archive-file.ts';
import { type Command, Option } from 'commander';
import type Vinyl from 'vinyl';
import { applyPatch, defineApplication } from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import { layerFile } from '../layer/layer-json.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import { costOf } from '../store/space.ts';
import { isChange, isPlan } from '../stream/file.ts';
import type { Plan } from '../stream/plan.ts';
import { type Stage, after, stage } from '../stream/stage.ts';
import { applyLines, type ApplyReport } from './apply-report.ts';
import { type CommonOptions, addCommonOptions, many } from './common-options.ts';
import { type Config, loadConfig } from './load-config.ts';
import { countKinds } from './report.ts';
import { recoveredNote } from './recover.ts';
import { withSession } from './session.ts';
import { type TrustOptions, addTrustOptions, readTrust } from './trust-options.ts';

interface ApplyOptions extends CommonOptions, TrustOptions {
  readonly to: string;
  readonly mode?: 'in-place' | 'new';
  readonly out?: string;
  readonly registry: readonly string[];
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly backup?: 'none' | 'keep';
  readonly untouched?: 'ignore' | 'check';
  readonly allowDowngrade?: boolean;
  readonly allowInUse?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
Examples:
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem --dry-run
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem --backup keep
  $ vpa apply fix.vpa --to notes-1.0.0 --out notes-1.0.1 --registry notes.reg --trust acme.pub.pem`;

export function apply(command: Command): void {
  command
    .description('Applies a patch to a folder: all of it, or nothing.')
    .argument('<file>', 'the patch')
    .requiredOption(
      '--to <folder>',
      'application folder or layer folder with the version that the patch is for',
    )
    .addOption(
      new Option('--mode <how>', 'change the folder, or make a new one (default: in-place)').choices([
        'in-place',
        'new',
      ]),
    )
    .option('--out <folder>', 'the new folder; the old one stays as it is')
    .addOption(many('--registry <file>', 'registry file (.reg text, hive, Wine) of an application folder'))
    .option('--config <file>', 'configuration: variables, codecs and stages')
    .addOption(
      new Option('--backup <how>', 'keep what was there before, for vpa undo (default: none)').choices([
        'none',
        'keep',
      ]),
    )
    .addOption(
      new Option(
        '--untouched <how>',
        'ignore what the patch does not touch, or check that it is as released: reads everything, and extra files refuse (default: ignore)',
      ).choices(['ignore', 'check']),
    )
    .option('--allow-downgrade', 'also a patch that is older than the one applied before')
    .option('--allow-in-use', 'also replace files that programs have open')
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything')
    .option('--dry-run', 'do everything but write, and tell what it costs');
  addTrustOptions(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, options: ApplyOptions) => {
      await withSession(options, async (session) => {
        const { to, registry, dryRun = false } = options;
        const out = newFolder(options);
        openFile(file);
        const config = options.config === undefined ? {} : await loadConfig(options.config);
        const base = {
          ...{ to, registry, dryRun, durable: options.sync, backup: options.backup ?? 'none' },
          allowDowngrade: options.allowDowngrade ?? false,
          allowInUse: options.allowInUse ?? false,
          onRecovered: (outcome: 'finished' | 'undone') => session.note(recoveredNote(outcome)),
          ...(out !== undefined && { out }),
          untouched: options.untouched ?? 'ignore',
          onKept: (names: readonly string[]) => names.forEach((name) => session.note(keptNote(name))),
        };
        const patch = applyPatch({ ...base, ...readTrust(options) }, applicationOf(config));
        const seen: { plan?: Plan; applied: boolean } = { applied: true };
        const see = seePlan((plan) => {
          seen.plan = plan;
          const hives = plan.changes.some(({ name }) => hiveRootOf(name) !== null);
          const isPlain = !existsSync(join(to, layerFile));
          if (hives && isPlain && registry.length === 0) session.note(noRegistry);
        });
        const chain = after('verify', [openArchiveFile(file), ...patch], see);
        const onFile = (one: Vinyl): void => {
          // Of a patch that is applied already, nothing leaves the chain.
          if (isPlan(one)) seen.applied = false;
          if (isChange(one)) session.tooLate();
        };
        await session.run(chain, onFile, ['already-applied']);
        if (!seen.plan) throw new PatchError('E_FORMAT', `${file}: has no manifest`);
        const { manifest, changes, trusted } = seen.plan;
        const { applied } = seen;
        const report: ApplyReport = {
          status: applied ? 'already-applied' : dryRun ? 'dry-run' : 'applied',
          ...manifest.application,
          from: manifest.base.version,
          to: manifest.target.version,
          target: applied ? to : (out ?? to),
          trusted,
          changes: countKinds(changes),
          cost: costOf(changes),
          notices: session.notes,
        };
        session.print(report, () => applyLines(report));
      });
    });
}

const keptNote = (name: string): { code: string; message: string } => ({
  code: 'folder-kept',
  message: `${name}: the patch removes this folder, but it stays: there are files in it that are not the application's`,
});

const noRegistry = {
  code: 'no-registry',
  message: 'the patch changes the registry, but no registry file of the folder was given (--registry)',
};

/** The folder that is to be made, or undefined where the old one is to be changed. */
function newFolder({ mode, out, backup }: ApplyOptions): string | undefined {
  const usage = (message: string, help: string): PatchError => new PatchError('E_USAGE', message, { help });
  if (mode === 'new' && out === undefined)
    throw usage('a new folder needs a name', 'name it: --mode new --out FOLDER');
  if (mode === 'in-place' && out !== undefined)
    throw usage('--out is for a new folder, not for --mode in-place', 'leave one of them out');
  if (backup === 'keep' && out !== undefined)
    throw usage('a new folder needs no backup: the old one stays', 'leave --backup out');
  return out;
}

/** A configuration for applying needs no id: whose patch it is says the patch. */
function applicationOf(config: Config): ReturnType<typeof defineApplication> {
  return defineApplication({ ...config, id: config.id ?? 'any' });
}

/** The plan does not leave the chain where the patch is applied already, so it is looked at on its way. */
const seePlan = (see: (plan: Plan) => void): Stage =>
  stage('see-plan', async function* (files) {
    for await (const file of files) {
      if (isPlan(file)) see(file.plan);
      yield file;
    }
  });
