/** `vpa diff BASE TARGET`: what differs, without a patch. */
import type { Command } from 'commander';
import { createPatch } from '../../presets/index.ts';
import { contentSize, stateDigest } from '../layer/inventory.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import { encodeHiveDelta } from '../patch/hive-delta.ts';
import { decodeDelta } from '../registry/delta/decode-delta.ts';
import { countDelta } from '../registry/delta/delta.ts';
import { formatDelta } from '../registry/delta/format-delta.ts';
import type { ObjectChange } from '../registry/objects/object.ts';
import type { Comparison } from '../stream/comparison.ts';
import { type ChangeFile, contentsOf, isChange, isComparison } from '../stream/file.ts';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { type DiffChange, type DiffReport, type DiffState, diffLines } from './diff-report.ts';
import { hiveObjects } from './registry/hive-objects.ts';
import { addCounts, noCounts } from './registry-counts.ts';
import { entryReport, sizeOf } from './report.ts';
import { withSession } from './session.ts';
import { type ShortcutChange, diffShortcut } from './shortcuts.ts';
import { type VersionOptions, addVersionOptions, openVersions } from './version-options.ts';

interface DiffOptions extends CommonOptions, VersionOptions {}

const examples = `
Examples:
  $ vpa diff notes-1.0.0 notes-1.1.0
  $ vpa diff old new --base-registry old.reg --target-registry new.reg --preset windows
  $ vpa diff old.vsa new.vsa --exclude 'logs/**' --json`;

export function diff(command: Command): void {
  command.description('Shows what differs between two versions, without making a patch.');
  addVersionOptions(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (base: string, target: string, options: DiffOptions) => {
      await withSession(options, async (session) => {
        const { application, ...versions } = await openVersions(session, base, target, options);
        // Without a codec, files are paired by their names and digests only: no delta is made.
        const whole = createPatch({ ...application, codecs: [] }, versions);
        const chain = whole.slice(0, whole.findIndex((one) => one.stage === 'diff-registry') + 1);
        const changes: DiffChange[] = [];
        const registryText: Record<string, string> = {};
        const objects: ObjectChange[] = [];
        const shortcuts: ShortcutChange[] = [];
        let registry = noCounts;
        let comparison: Comparison | undefined;
        await session.run(chain, async (file) => {
          if (isComparison(file)) comparison = file.comparison;
          if (!isChange(file)) return;
          changes.push({ ...entryReport(file.change), before: sizeOf(file.change.before) });
          shortcuts.push(...(await diffShortcut(file, comparison)));
          const root = hiveRootOf(file.change.name);
          if (root === null) return;
          const delta = decodeDelta(await hiveDelta(file));
          registryText[root] = formatDelta(delta, root);
          objects.push(...(await hiveObjects(root, file.before, delta)));
          registry = addCounts(registry, countDelta(delta));
        });
        const state = (side: 'base' | 'target'): DiffState => {
          const entries = comparison?.[side].entries ?? [];
          const version = side === 'base' ? versions.from : versions.to;
          return {
            version,
            digest: stateDigest(entries),
            entries: entries.length,
            size: contentSize(entries),
          };
        };
        const report: DiffReport = {
          id: application.id,
          name: application.name ?? application.id,
          from: versions.from,
          to: versions.to,
          base: state('base'),
          target: state('target'),
          changes,
          registry,
          registryText,
          objects: [...objects, ...shortcuts],
          rules: comparison?.rules ?? null,
          notices: session.notes,
        };
        session.print(report, () => diffLines(report));
      });
    });
}

/** A hive that goes has no delta in a patch, but people want to see what goes. */
async function hiveDelta(file: ChangeFile): Promise<Uint8Array> {
  const root = hiveRootOf(file.change.name);
  if (file.change.kind !== 'remove' || root === null) return contentsOf(file);
  return encodeHiveDelta(root, file.before, null);
}
