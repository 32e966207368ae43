/** `vpa verify FILE`: checks a patch, and a folder against it. */
import type { Command } from 'commander';
import { openLayer } from '../layer/open-layer.ts';
import { checkBase } from '../store/base-check.ts';
import { baseView } from '../store/base-view.ts';
import { writtenIn } from '../store/written.ts';
import { stateOf } from '../store/state-of.ts';
import { wholeError } from '../store/whole-check.ts';
import { type CommonOptions, addCommonOptions, many } from './common-options.ts';
import { printable } from './printable.ts';
import { type PatchFacts, readPatch } from './read-patch.ts';
import { titleLine } from './report-text.ts';
import { type Session, withSession } from './session.ts';
import { table } from './table.ts';
import { type TrustOptions, addTrustOptions, readTrust } from './trust-options.ts';
import { counted } from './units.ts';

interface VerifyOptions extends CommonOptions, TrustOptions {
  readonly base?: string;
  readonly baseRegistry: readonly string[];
}

const examples = `
Examples:
  $ vpa verify notes-1.1.0.vpa --trust acme.pub.pem
  $ vpa verify notes-1.1.0.vpa --trust acme.pub.pem --trust audit.pub.pem --threshold 2
  $ vpa verify notes-1.1.0.vpa --trust acme.pub.pem --base /opt/notes`;

export function verify(command: Command): void {
  command
    .description("Checks a patch's signatures and every digest, and a folder against it.")
    .argument('<file>', 'the patch');
  addTrustOptions(command)
    .option('--base <folder>', 'application folder, layer folder or .vsa that the patch is for')
    .addOption(many('--base-registry <file>', 'registry file of the base folder'));
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, options: VerifyOptions) => {
      await withSession(options, async (session) => {
        const facts = await readPatch(session, file, { ...readTrust(options), whole: true });
        const state =
          options.base === undefined ? null : await compare(session, facts, options.base, options);
        const { manifest, trusted, changes } = facts;
        if (trusted.length === 0)
          session.note({ code: 'untrusted', message: 'who made this patch was not checked' });
        const identity = {
          ...manifest.application,
          from: manifest.base.version,
          to: manifest.target.version,
        };
        const document = {
          status: 'ok',
          trusted,
          ...identity,
          state,
          changes: changes.length,
          frames: facts.frames.length,
          signatures: facts.signatures.map((keyId) => ({ keyId, algorithm: 'ed25519' })),
          notices: session.notes,
        };
        session.print(document, () => [
          titleLine(identity),
          ...table([
            ['signed', trusted.length === 0 ? 'not checked' : `by ${trusted.join(', ')}`],
            [
              'digests',
              `all right: ${counted(changes.length, 'change')}, ${counted(facts.frames.length, 'frame')}`,
            ],
            ...(state === null ? [] : [['folder', stateText(state, options.base ?? '')]]),
          ]),
        ]);
      });
    });
}

function stateText(state: 'base' | 'target', path: string): string {
  const what =
    state === 'base' ? 'the version that the patch is for' : 'the version that the patch makes, already';
  return `${printable(path)} is ${what}`;
}

/** Which of the two states the folder is in, by its full state digest. E_BASE_MISMATCH for neither. */
async function compare(
  session: Session,
  facts: PatchFacts,
  path: string,
  { baseRegistry }: VerifyOptions,
): Promise<'base' | 'target'> {
  const { manifest } = facts;
  const layer = await openLayer({ path, registry: baseRegistry });
  let done = 0;
  const onEntry = (label: string): void =>
    session.progress({ stage: 'state', done: ++done, total: null, unit: 'entries', label });
  const found = await stateOf(layer, manifest.rules, {}, { signal: session.signal, onEntry });
  const { digest } = found;
  if (digest === manifest.base.digest) return 'base';
  if (digest === manifest.target.digest) return 'target';
  // Names what differs, where that is something that the patch touches.
  await checkBase(facts, baseView(layer, manifest.rules, {}).entry, session.signal, writtenIn(layer));
  const { states } = facts;
  throw wholeError(
    path,
    [
      { ...states.base, digest: manifest.base.digest },
      { ...states.target, digest: manifest.target.digest },
    ],
    found,
  );
}
