/** `vpa repair DIR|NAME --from SOURCE`: brings an installed folder, or a layer of a store, back to what it should be. */
import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type FamilyName, defineApplication, families } from '../../presets/index.ts';
import type { RepairOptions as ChainOptions } from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import { openLayer } from '../layer/open-layer.ts';
import type { Odd } from '../layer/walk.ts';
import type { Outcome } from '../store/transaction/transaction.ts';
import { type CommonOptions, addCommonOptions, many } from './common-options.ts';
import { guessIdentity } from './guess-identity.ts';
import { loadConfig } from './load-config.ts';
import { readPatch } from './read-patch.ts';
import { recoveredNote } from './recover.ts';
import { type RepairInStoreOptions, inStore, storeFor } from './repair-in-store.ts';
import { type RepairReport, repairLines, repairReport } from './repair-report.ts';
import { runRepair } from './run-repair.ts';
import { type Session, withSession } from './session.ts';
import { addStoreOption } from './store-option.ts';
import { type TrustOptions, addTrustOptions, readTrust } from './trust-options.ts';

interface RepairOptions extends CommonOptions, TrustOptions, RepairInStoreOptions {
  readonly registry: readonly string[];
  readonly exclude: readonly string[];
  readonly preset?: string;
  readonly config?: string;
  readonly patch?: string;
  readonly force?: boolean;
  readonly allowInUse?: boolean;
}

const examples = `
All of the folder and of the source is read, since what differs shows in no other way; only what differs is written, in
one transaction as of a patch. What it replaces is kept for vpa undo. Files that the source does not have stay,
and so do the writable sublayers of a layer. A registry file becomes that of the source, but for what the rules call
volatile. With --dry-run it is a check: nothing is written.

A layer of a store is given by its number, its id or its name; what it should be, the store knows, and the source only
gives the contents. With --store it is always a layer, and what begins like a path (./notes, /opt/notes) is always a
folder; otherwise it is whichever there is, and an error where there are both. The repaired layer is a new generation; vpa layer undo goes back.
What the store itself remembers of the layer is mended first, as far as the rest tells it; that needs no source.

Examples:
  $ vpa repair /opt/notes --from notes-1.0.0.vsa --dry-run
  $ vpa repair /opt/notes --from /media/notes-1.0.0 --registry notes.reg --from-registry /media/notes.reg
  $ vpa repair /opt/notes --from notes-1.0.0.vsa --patch notes-1.1.0.vpa --trust acme.pub.pem
  $ vpa repair com.acme.notes --from notes-1.0.0.vsa
  $ vpa repair 3 --from notes-1.0.0.vsa --store /srv/layers
  $ vpa repair 3`;

export function repair(command: Command): void {
  command
    .description(
      'Brings an application that was damaged back to the state of a source: all of it, or nothing.',
    )
    .argument('<what>', 'application folder or layer folder; or number, id or name of a layer of the store')
    .option(
      '--from <source>',
      'the version that is installed: an application folder, layer folder or .vsa; a layer may need none',
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
  addStoreOption(command);
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
    .action(async (what: string, options: RepairOptions) => {
      await withSession(options, async (session) => {
        const store = storeFor(what, options);
        const report =
          store === null
            ? await inFolder(session, what, { ...options, from: sourceOf(options) })
            : await inStore(session, what, { ...options, store });
        session.print(report, () => repairLines(report));
      });
    });
}

/** E_USAGE where a folder has none: nobody else knows what it should be. */
function sourceOf({ from }: RepairOptions): string {
  if (from !== undefined) return from;
  throw new PatchError('E_USAGE', 'a folder needs a source that it is brought back to', {
    help: 'name the version that is installed there: --from SOURCE',
  });
}

async function inFolder(
  session: Session,
  folder: string,
  options: RepairOptions & { readonly from: string },
): Promise<RepairReport> {
  const { dryRun = false } = options;
  const config = options.config === undefined ? {} : await loadConfig(options.config);
  const odd = new Map<string, string>();
  const source = await openLayer({ path: options.from, registry: options.fromRegistry });
  const given = {
    to: folder,
    from: { ...source, identity: guessIdentity(source) },
    ...{ registry: options.registry, excludes: options.exclude, dryRun },
    ...{ force: options.force ?? false, durable: options.sync, backup: options.backup ?? 'keep' },
    allowInUse: options.allowInUse ?? false,
    ...(await patched(session, options)),
    onOdd: ({ path, reason }: Odd) => void odd.set(relative(resolve(folder), path), reason),
    onRecovered: (outcome: Outcome) => session.note(recoveredNote(outcome)),
  };
  const application = defineApplication({
    ...config,
    id: config.id ?? 'any',
    ...(options.preset !== undefined && { preset: options.preset as FamilyName }),
  });
  const found = await runRepair(session, given, options, application);
  const kept = options.backup !== 'none';
  return repairReport(found, { ...{ folder, source: options.from, odd, kept }, notices: session.notes });
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
