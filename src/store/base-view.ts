/** The base as the rules of a patch show it, and the way back from there to this machine. */
import { type Bytes, type Digest, readAll } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { hiveEntry, readHive } from '../layer/hive-entry.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import { sameContent } from '../layer/inventory.ts';
import type { Entry, Layer, Meta } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import { type Rules, normalizer } from '../layer/rules.ts';
import { pickVariables } from '../layer/variables.ts';
import type { Change } from '../patch/change.ts';
import { decodeHiveDelta, registryEncoding, transplant } from '../patch/hive-delta.ts';
import { defaultLimits } from '../patch/limits.ts';
import { unknownCodec } from '../patch/payload.ts';
import type { RegistryKey } from '../registry/hive.ts';
import { emptyKey } from '../registry/key.ts';
import { formatHive } from '../registry/text/format-reg.ts';

export interface BaseView {
  /** An entry as the rules show it. */
  readonly entry: (name: EntryName, signal?: AbortSignal) => Promise<Entry | null>;
  readonly layer: Layer;
  readonly rules: Rules;
  /** Variable name → path on this machine. */
  readonly paths: Readonly<Record<string, string>>;
}

/** `variables` are this machine's, beside those of the layer. */
export function baseView(layer: Layer, rules: Rules, variables: Readonly<Record<string, string>>): BaseView {
  const paths = pickVariables(rules.variables, { ...layer.variables, ...variables });
  const see = normalizer(rules, paths);
  // To look at an entry is to digest its content: once is enough, since the base does not change meanwhile.
  const seen = new Map<EntryName, Promise<Entry | null>>();
  const look = async (name: EntryName, signal?: AbortSignal): Promise<Entry | null> => {
    const entry = await layer.readOnly.entry(name, signal);
    return entry && see(entry);
  };
  return {
    entry: async (name, signal) => {
      const known = seen.get(name) ?? look(name, signal);
      seen.set(name, known);
      return known;
    },
    layer,
    rules,
    paths,
  };
}

/**
 * The canonical text of a hive after a change, as it is to be on this machine: content that the rules call volatile
 * stays as it is. E_DIGEST where the patched hive is not the promised one, E_INPUT for a variable without a path.
 */
export async function hiveAfter(
  view: BaseView,
  change: Change,
  payload: Bytes,
  saw: (digest: Digest) => void,
): Promise<Uint8Array> {
  const root = hiveRootOf(change.name);
  if (root === null) throw new PatchError('E_FORMAT', `${change.name}: is no hive`, { entry: change.name });
  const actual = await readHive(root, await view.layer.readOnly.entry(change.name));
  const before = await readHive(root, await view.entry(change.name));
  const after = await patched(change, before, payload);
  const made = hiveEntry(root, after);
  const digest = made?.meta.type === 'hive' ? made.meta.digest : null;
  if (!sameHive(made?.meta ?? null, change.after)) {
    throw new PatchError('E_DIGEST', `${change.name}: what the patch made is not what it promises`, {
      entry: change.name,
      help: 'the patch is damaged; get it again',
    });
  }
  if (digest !== null) saw(digest);
  if (view.rules.variables.length === 0) return formatHive(root, transplant(actual, before, after, null));
  const missing = view.rules.variables.filter((name) => view.paths[name] === undefined);
  if (missing.length > 0) {
    throw new PatchError('E_INPUT', `the path of the variable ${missing.join(', ')} is not known here`, {
      entry: change.name,
      help: 'define it in layer.json or in the configuration (variables)',
    });
  }
  return formatHive(root, transplant(actual, before, after, view.paths));
}

function sameHive(made: Meta | null, promised: Meta | null): boolean {
  return made === null || promised === null ? made === promised : sameContent(made, promised);
}

async function patched(change: Change, before: RegistryKey, payload: Bytes): Promise<RegistryKey> {
  if (change.kind === 'remove') return emptyKey();
  const [step, ...more] = change.encoding;
  if (step !== registryEncoding || more.length > 0)
    throw unknownCodec(change.encoding.join(' + '), change.name);
  return decodeHiveDelta(before, await readAll(payload, defaultLimits.hive, change.name));
}
