/** `vpa registry diff A B`: what differs between two registries. */
import type { Command } from 'commander';
import { type DeltaCount, type DeltaRecord, countDelta } from '../../registry/delta/delta.ts';
import { diffHives } from '../../registry/delta/diff.ts';
import { formatDelta } from '../../registry/delta/format-delta.ts';
import { formatReg } from '../../registry/text/format-reg.ts';
import { type HiveRoot, hiveRoots, type Registry, type RegistryKey } from '../../registry/hive.ts';
import { emptyKey } from '../../registry/key.ts';
import { diffObjects } from '../../registry/objects/objects.ts';
import { writeWhole } from '../../store/write-whole.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { paintRegistry } from '../diff-report.ts';
import { printable } from '../printable.ts';
import { addCounts, describeCounts, noCounts } from '../registry-counts.ts';
import { withSession } from '../session.ts';
import { type RecordReport, recordReports } from './delta-report.ts';
import { importable } from './importable.ts';
import { objectLines } from './object-lines.ts';
import { type OpenedRegistry, openRegistryFile } from './open-registry.ts';
import { type RootOption, addRootOption } from './root-option.ts';

interface DiffOptions extends CommonOptions, RootOption {
  readonly output?: string;
}

const examples = `
Examples:
  $ vpa registry diff before.reg after.reg
  $ vpa registry diff NTUSER.DAT.old NTUSER.DAT --root HKCU -o changes.reg
  $ vpa registry diff a/system.reg b/system.reg --json | jq .keysAdded`;

export function diff(command: Command): void {
  command
    .description('Shows what differs between two registries, whatever their forms.')
    .argument('<a>', 'the registry before')
    .argument('<b>', 'the registry after')
    .option('-o, --output <file>', 'write .reg text that makes B of A when it is imported');
  addRootOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (a: string, b: string, options: DiffOptions) => {
      await withSession(options, async (session) => {
        const from = await openRegistryFile(session, a, options.root);
        const to = await openRegistryFile(session, b, options.root);
        const { counts, ignored, changes, texts, imports } = compare(from, to, options);
        if (ignored > 0) session.note(securityIgnored);
        const { output } = options;
        if (output !== undefined) {
          await writeWhole(output, [formatReg(imports)], session.signal);
          session.tooLate();
        }
        const { keys, values } = counts;
        const document = {
          keysAdded: keys.added,
          keysRemoved: keys.removed,
          keysChanged: keys.changed,
          valuesSet: values.added + values.changed,
          valuesRemoved: values.removed,
          changes,
          objects: diffObjects(from.registry, to.registry),
          output: output ?? null,
          notices: session.notes,
        };
        session.print(document, () => {
          if (texts.length === 0) return ['nothing differs'];
          return [
            describeCounts(counts),
            ...objectLines(document.objects),
            ...texts.flatMap((text) => ['', ...text.trimEnd().split('\n').map(paintRegistry)]),
            ...(output === undefined ? [] : ['', `written to ${printable(output)}`]),
          ];
        });
      });
    });
}

interface Comparison {
  readonly counts: DeltaCount;
  /** How many security descriptors differ that were not compared. */
  readonly ignored: number;
  readonly changes: readonly RecordReport[];
  readonly texts: readonly string[];
  readonly imports: Registry;
}

/** Makes only what the options ask for. */
function compare(from: OpenedRegistry, to: OpenedRegistry, { json, output }: DiffOptions): Comparison {
  // Most texts do not say it, and every key of a hive has some.
  const isCompared = ({ op }: DeltaRecord): boolean => op !== 'set-security' || from.form === to.form;
  let ignored = 0;
  let counts = noCounts;
  const changes: RecordReport[] = [];
  const texts: string[] = [];
  const imports = new Map<HiveRoot, RegistryKey>();
  for (const root of hiveRoots) {
    const [old, now] = [from.registry.get(root) ?? emptyKey(), to.registry.get(root) ?? emptyKey()];
    const { records } = diffHives(old, now);
    const delta = { records: records.filter(isCompared) };
    ignored += records.length - delta.records.length;
    if (delta.records.length === 0) continue;
    counts = addCounts(counts, countDelta(delta));
    if (json === true) for (const one of recordReports(delta, root, old, now)) changes.push(one);
    else texts.push(formatDelta(delta, root));
    if (output !== undefined) imports.set(root, importable(delta, now));
  }
  return { counts, ignored, changes, texts, imports };
}

const securityIgnored = {
  code: 'security-ignored',
  message: 'security descriptors were not compared, since the files have different forms',
};
