/** `vpa apply FILE…`: applies a patch, or several as one, to a folder or to layers of a store; all or nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFile } from '../layer/file-bytes.ts';
import { type Command, Option } from 'commander';
import { PatchError } from '../errors.ts';
import { layerFile } from '../layer/layer-json.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import type { Plan } from '../stream/plan.ts';
import { usersOf } from '../store/writable.ts';
import { applyLines, type ApplyReport } from './apply-report.ts';
import { type ApplyInStoreOptions, applyInStore, notCopied, nothingToCopy } from './apply-in-store.ts';
import { applyRoad, applySeveral } from './apply-several.ts';
import { type CommonOptions, addCommonOptions, many, wholeNumber } from './common-options.ts';
import { type Config, loadConfig } from './load-config.ts';
import { recoveredNote } from './recover.ts';
import { type Session, withSession } from './session.ts';
import { runApply } from './run-apply.ts';
import { addStoreOption } from './store-option.ts';
import { addTrustOptions, readTrust } from './trust-options.ts';

interface ApplyOptions extends CommonOptions, ApplyInStoreOptions {
  readonly to?: string;
  readonly out?: string;
  readonly registry: readonly string[];
  readonly config?: string;
  readonly backup?: 'none' | 'keep';
  readonly allowInUse?: boolean;
}

const examples = `
Without --to, the layer of the store is found by what it is, whatever it is called. Several patches may be for
several layers, and several steps for one; all of them are applied, or none.

Examples:
  $ vpa apply notes-1.1.0.vpa --trust acme.pub.pem
  $ vpa apply notes-1.1.0.vpa --trust acme.pub.pem --mode new --copy-writable
  $ vpa apply notes-1.1.0.vpa notes-1.2.0.vpa mail-3.1.vpa --trust acme.pub.pem
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem --dry-run
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem --backup keep
  $ vpa apply notes-1.1.0.vpa notes-1.2.0.vpa --to /opt/notes --trust acme.pub.pem
  $ vpa apply --patches updates --to-version 1.3.0 --trust acme.pub.pem
  $ vpa apply --patches updates --to-version ^1.2 --to /opt/notes --trust acme.pub.pem --dry-run
  $ vpa apply fix.vpa --to notes-1.0.0 --out notes-1.0.1 --registry notes.reg --trust acme.pub.pem`;

export function apply(command: Command): void {
  command
    .description('Applies patches to a folder, or to layers of a store: all of them, or nothing.')
    .argument(
      '[files...]',
      'the patch, or several: with --to those that lead from one version to the next; otherwise of any layers',
    )
    .option(
      '--to <folder>',
      'application folder or layer folder with the version that the patch is for (default: a layer of the store)',
    )
    .option('--patches <folder>', 'the patches of this folder that lead to the version, on the cheapest road')
    .option('--to-version <version>', 'with --patches: a version, or a range such as ^1.2 (default: latest)')
    .addOption(
      new Option('--mode <how>', 'change the folder or layer, or make a new one (default: in-place)').choices(
        ['in-place', 'new'],
      ),
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
    .option('--dry-run', 'do everything but write, and tell what it costs')
    .option('--layer <name>', 'number, id or name of the layer (default: the one that the patch is for)')
    .option('--copy-writable', 'with --mode new or --out, also copy what users of the layer wrote')
    .option('--keep <count>', 'generations of the layer that stay (default: 2, for undo)', wholeNumber(1))
    .option('--yes', 'do not ask');
  addStoreOption(command);
  addTrustOptions(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (files: string[], options: ApplyOptions) => {
      await withSession(options, async (session) => {
        const { to } = options;
        assertPatches(files, options);
        assertFits(options);
        for (const one of files) openFile(one);
        const config = options.config === undefined ? {} : await loadConfig(options.config);
        const report =
          to === undefined
            ? await applyInStore(session, files, config, options)
            : await applyToFolder(session, files, config, { ...options, to });
        session.print(report, () => applyLines(report));
      });
    });
}

async function applyToFolder(
  session: Session,
  files: readonly string[],
  config: Config,
  options: ApplyOptions & { readonly to: string },
): Promise<ApplyReport> {
  const { to, registry, dryRun = false, copyWritable = false } = options;
  const out = newFolder(options);
  const place = {
    ...{ to, registry, dryRun, durable: options.sync, backup: options.backup ?? 'none' },
    allowDowngrade: options.allowDowngrade ?? false,
    allowInUse: options.allowInUse ?? false,
    onRecovered: (outcome: 'finished' | 'undone') => session.note(recoveredNote(outcome)),
    ...(out !== undefined && { out, copyWritable }),
    untouched: options.untouched ?? 'ignore',
    onKept: (names: readonly string[]) => names.forEach((name) => session.note(keptNote(name))),
  };
  const onPlan = ({ changes }: Plan): void => {
    const hives = changes.some(({ name }) => hiveRootOf(name) !== null);
    const isPlain = !existsSync(join(to, layerFile));
    if (hives && isPlain && registry.length === 0) session.note(noRegistry);
  };
  const given = { ...place, ...readTrust(options) };
  const { patches, toVersion: version = 'latest' } = options;
  const running = { config, dryRun, onPlan };
  const [file = '', ...more] = files;
  const done =
    patches !== undefined
      ? await applyRoad(session, { ...running, options: given, patches, version })
      : more.length > 0
        ? await applySeveral(session, { ...running, options: given, files })
        : await runApply(session, { ...running, file }, given);
  const isLayer = existsSync(join(to, layerFile));
  const isMade = out !== undefined && done.status !== 'already-applied';
  if (isMade && !copyWritable && isLayer && usersOf(to).length > 0) session.note(notCopied(to));
  return { ...done, target: done.status === 'already-applied' ? to : (out ?? to) };
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
function newFolder({ mode, out, backup, copyWritable }: ApplyOptions): string | undefined {
  const usage = (message: string, help: string): PatchError => new PatchError('E_USAGE', message, { help });
  if (mode === 'new' && out === undefined)
    throw usage('a new folder needs a name', 'name it: --mode new --out FOLDER');
  if (mode === 'in-place' && out !== undefined)
    throw usage('--out is for a new folder, not for --mode in-place', 'leave one of them out');
  if (backup === 'keep' && out !== undefined)
    throw usage('a new folder needs no backup: the old one stays', 'leave --backup out');
  if (copyWritable === true && out === undefined) throw nothingToCopy();
  return out;
}

/** Refuses (E_USAGE) what does not say which patches are meant. */
function assertPatches(files: readonly string[], { patches, toVersion }: ApplyOptions): void {
  const usage = (message: string, help: string): PatchError => new PatchError('E_USAGE', message, { help });
  if (patches === undefined && files.length === 0)
    throw usage('no patch was given', 'name one or several, or a folder with --patches');
  if (patches !== undefined && files.length > 0)
    throw usage('patches were given both by name and by folder', 'leave one of them out');
  if (patches === undefined && toVersion !== undefined)
    throw usage('--to-version chooses among the patches of a folder', 'name the folder: --patches FOLDER');
}

/** Refuses (E_USAGE) options of a folder for a store, and the other way round. */
function assertFits(options: ApplyOptions): void {
  const { to, out, backup, allowInUse, registry, store, layer, keep } = options;
  const given = (all: Readonly<Record<string, unknown>>): string | undefined =>
    Object.keys(all).find((name) => all[name] !== undefined);
  const one = registry.length === 0 ? undefined : registry;
  const wrong =
    to === undefined
      ? given({ '--out': out, '--backup': backup, '--allow-in-use': allowInUse, '--registry': one })
      : given({ '--store': store, '--layer': layer, '--keep': keep });
  if (wrong === undefined) return;
  throw new PatchError(
    'E_USAGE',
    to === undefined ? `${wrong} is for a folder (--to)` : `${wrong} is for a store, not for a folder (--to)`,
    { help: 'leave one of them out; without --to, the patch goes to a layer of a store' },
  );
}
