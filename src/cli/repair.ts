/** `vpa repair DIR --from SOURCE`: brings an installed folder back to the state of a source. */
import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type FamilyName, defineApplication, families, repairFolder } from '../../presets/index.ts';
import type { RepairOptions as ChainOptions } from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import { openLayer } from '../layer/open-layer.ts';
import type { Restoration } from '../store/restoration.ts';
import { isChange } from '../stream/file.ts';
import { after } from '../stream/stage.ts';
import { askFor } from './ask.ts';
import { type CommonOptions, addCommonOptions, many } from './common-options.ts';
import { guessIdentity } from './guess-identity.ts';
import { loadConfig } from './load-config.ts';
import { readPatch } from './read-patch.ts';
import { recoveredNote } from './recover.ts';
import { type RepairReport, repairLines, repairReport } from './repair-report.ts';
import { seeHives } from './see-hives.ts';
import { type Session, withSession } from './session.ts';
import { type TrustOptions, addTrustOptions, readTrust } from './trust-options.ts';
import { counted } from './units.ts';

interface RepairOptions extends CommonOptions, TrustOptions {
  readonly from: string;
  readonly fromRegistry: readonly string[];
  readonly registry: readonly string[];
  readonly exclude: readonly string[];
  readonly preset?: string;
  readonly config?: string;
  readonly patch?: string;
  readonly removeExtra?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly backup?: 'none' | 'keep';
  readonly allowInUse?: boolean;
  readonly dryRun?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
All of the folder and of the source is read, since what differs shows in no other way; only what differs is written, in
one transaction as of a patch. What it replaces is kept for vpa undo. Files that the source does not have stay,
and so do the writable sublayers of a layer. A registry file becomes that of the source, but for what the rules call
volatile. With --dry-run it is a check: nothing is written.

Examples:
  $ vpa repair /opt/notes --from notes-1.0.0.vsa --dry-run
  $ vpa repair /opt/notes --from /media/notes-1.0.0 --registry notes.reg --from-registry /media/notes.reg
  $ vpa repair /opt/notes --from notes-1.0.0.vsa --patch notes-1.1.0.vpa --trust acme.pub.pem`;

export function repair(command: Command): void {
  command
    .description(
      'Brings an application that was damaged back to the state of a source: all of it, or nothing.',
    )
    .argument('<folder>', 'application folder or layer folder')
    .requiredOption(
      '--from <source>',
      'the version that is installed: an application folder, layer folder or .vsa',
    )
    .addOption(many('--registry <file>', 'registry file (.reg text, hive, Wine) of an application folder'))
    .addOption(many('--from-registry <file>', 'registry file of the source folder'))
    .addOption(many('--exclude <glob>', 'entries that are left as they are'))
    .option('--preset <name>', `the rules of a family of applications: ${Object.keys(families).join(', ')}`)
    .option('--config <file>', 'configuration: rules and variables')
    .option(
      '--patch <file>',
      'a patch: its rules count, and the source has to be the version that it is for or makes',
    );
  addTrustOptions(command)
    .option('--remove-extra', 'also remove what the source does not have; asks before')
    .option('--yes', 'remove it without a question')
    .option('--force', 'also from a source that seems to be of something else')
    .addOption(
      new Option('--backup <how>', 'keep what is replaced, for vpa undo (default: keep)').choices([
        'none',
        'keep',
      ]),
    )
    .option('--allow-in-use', 'also replace files that programs have open')
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything')
    .option('--dry-run', 'tell what differs, and what restoring it costs; write nothing');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (folder: string, options: RepairOptions) => {
      await withSession(options, async (session) => {
        const { dryRun = false, removeExtra = false } = options;
        const config = options.config === undefined ? {} : await loadConfig(options.config);
        const odd = new Map<string, string>();
        let restoration: Restoration | undefined;
        const source = await openLayer({ path: options.from, registry: options.fromRegistry });
        const chain = repairFolder(
          {
            to: folder,
            from: { ...source, identity: guessIdentity(source) },
            ...{ registry: options.registry, excludes: options.exclude, dryRun, removeExtra },
            ...{ force: options.force ?? false, durable: options.sync, backup: options.backup ?? 'keep' },
            allowInUse: options.allowInUse ?? false,
            ...(await patched(session, options)),
            onOdd: ({ path, reason }) => void odd.set(relative(resolve(folder), path), reason),
            onRecovered: (outcome) => session.note(recoveredNote(outcome)),
            async confirm(planned) {
              restoration = planned;
              const { length } = planned.extras;
              if (!removeExtra || length === 0 || dryRun || options.yes === true) return;
              session.pause();
              const what = counted(length, 'entry', 'entries');
              const first = planned.extras[0]?.name ?? '';
              await askFor(`Remove ${what} that the source does not have, first ${first}?`, {
                option: '--yes',
                signal: session.signal,
              });
            },
          },
          defineApplication({
            ...config,
            id: config.id ?? 'any',
            ...(options.preset !== undefined && { preset: options.preset as FamilyName }),
          }),
        );
        const hives = seeHives();
        await session.run(after('diff-registry', chain, hives.stage), (file) => {
          if (isChange(file)) session.tooLate();
        });
        if (!restoration) throw new PatchError('E_STAGE', 'nothing was compared');
        const report: RepairReport = repairReport(restoration, {
          ...{ folder, source: options.from, dryRun, removeExtra, kept: options.backup !== 'none' },
          odd: [...odd]
            .map(([path, reason]) => ({ path, reason }))
            .sort((a, b) => (a.path < b.path ? -1 : 1)),
          registry: hives.counts(),
          registryText: hives.texts,
          notices: session.notes,
        });
        session.print(report, () => repairLines(report));
      });
    });
}

/** What a patch says of the source: the rules, and the states of which it has to be one. */
async function patched(
  session: Session,
  { patch, exclude, preset, ...options }: RepairOptions,
): Promise<Pick<ChainOptions, 'rules' | 'expected'>> {
  if (patch === undefined) {
    if (options.trust.length > 0)
      throw new PatchError('E_USAGE', '--trust is for the patch', { help: 'name it: --patch FILE' });
    return {};
  }
  if (exclude.length > 0 || preset !== undefined) {
    throw new PatchError('E_USAGE', 'the patch says which rules count', {
      help: 'leave --exclude and --preset out',
    });
  }
  const { manifest, trusted } = await readPatch(session, patch, readTrust(options));
  if (trusted.length === 0)
    session.note({ code: 'untrusted', message: 'who made this patch was not checked' });
  const { application, base, target, rules } = manifest;
  return {
    rules,
    expected: [base, target].map(({ version, digest }) => ({
      identity: { ...application, version },
      digest,
    })),
  };
}
