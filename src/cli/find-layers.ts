/** Which layers of a store the patches on the command line are for. */
import type { PlannedRoad } from '../../presets/index.ts';
import { PatchError } from '../errors.ts';
import { linesOf, orderSteps } from '../patch/order-steps.ts';
import { findLayer } from '../store/layers/find-layer.ts';
import { findFitting } from '../store/layers/fitting.ts';
import { mismatch } from '../store/layers/mismatch.ts';
import { type StoredLayer, readCatalogue, titleOf } from '../store/layers/stored-layer.ts';
import { labelled } from '../stream/read-plan.ts';
import { canAsk, choose } from './ask.ts';
import { damagedNote } from './layer/list.ts';
import type { Config } from './load-config.ts';
import { type PatchFacts, readPatch } from './read-patch.ts';
import type { Session } from './session.ts';
import { type TrustOptions, readTrust } from './trust-options.ts';

export interface FindLayersOptions extends TrustOptions {
  /** Number, id or name of the layer that all of the patches are for. */
  readonly layer?: string;
  readonly yes?: boolean;
}

/** Patches that follow each other, and their layer. */
export interface FoundLayer {
  readonly layer: StoredLayer;
  readonly files: readonly string[];
  /** Whether it is what the last one makes already. */
  readonly applied: boolean;
  /** Where the patches were chosen among those of a folder; then there may be none. */
  readonly road?: PlannedRoad;
}

interface Read extends PatchFacts {
  readonly label: string;
}

type Line = readonly Read[];

/** By what the layers are; the patches are verified first, since nobody else's word is taken for what they are for. */
export async function findLayers(
  session: Session,
  store: string,
  files: readonly string[],
  config: Config,
  options: FindLayersOptions,
): Promise<FoundLayer[]> {
  const patches: Read[] = [];
  for (const file of files) {
    try {
      patches.push({ label: file, ...(await readPatch(session, file, readTrust(options))) });
    } catch (error) {
      throw files.length === 1 ? error : labelled(error, file);
    }
  }
  if (options.layer !== undefined)
    return [{ layer: findLayer(store, options.layer), files: filesOf(orderSteps(patches)), applied: false }];
  const layers = readLayers(session, store);
  const found: FoundLayer[] = [];
  const lines = linesOf(patches);
  for (const line of lines) {
    const one = await findFor(
      session,
      { store, layers, config, yes: options.yes ?? false },
      line,
      lines.length,
    );
    const other = found.find(({ layer }) => layer.number === one.layer.number);
    if (other) throw apart(one, other);
    found.push(one);
  }
  return found;
}

/** All layers of the store that can be read; the others are noted. */
export function readLayers(session: Session, store: string): readonly StoredLayer[] {
  const { layers, damaged } = readCatalogue(store);
  for (const { error } of damaged) session.note(damagedNote(error));
  return layers;
}

interface Surroundings {
  readonly store: string;
  readonly layers: readonly StoredLayer[];
  readonly config: Config;
  readonly yes: boolean;
}

async function findFor(
  session: Session,
  { store, layers, config, yes }: Surroundings,
  line: Line,
  lines: number,
): Promise<FoundLayer> {
  const files = filesOf(line);
  const verb = line.length === 1 ? 'is' : 'are';
  const name = line.length === 1 ? 'the patch' : 'the patches';
  const what = `${lines === 1 ? name : textOf(files)} ${verb}`;
  const variables = config.rules?.variables ?? {};
  const manifests = line.map(({ manifest }) => manifest);
  const { base, target } = await findFitting(layers, manifests, variables);
  const [first, ...more] = base;
  if (first === undefined) {
    const [there] = target;
    if (there) return { layer: there, files, applied: true };
    const error = await mismatch({ store, layers, plans: line, variables, signal: session.signal });
    throw lines === 1 ? error : labelled(error, textOf(files));
  }
  const layer = more.length === 0 ? first : await askLayer(session, base, what, yes);
  session.note({ code: 'layer', message: `${titleOf(layer)} is what ${what} for` });
  return { layer, files, applied: false };
}

/** `what` ends with its verb: `the patch is`. E_CONFLICT where nobody can be asked. */
export async function askLayer(
  session: Session,
  layers: readonly StoredLayer[],
  what: string,
  yes: boolean,
): Promise<StoredLayer> {
  const titles = layers.map(titleOf);
  if (!yes && canAsk()) {
    session.pause();
    const question = `Several layers are what ${what} for. Which one?`;
    const layer = layers[await choose(question, titles, { option: '--layer', signal: session.signal })];
    if (layer) return layer;
  }
  throw new PatchError('E_CONFLICT', `${layers.length} layers are what ${what} for`, {
    help: 'say which one by its number: --layer NUMBER',
    details: titles,
  });
}

function apart(one: FoundLayer, other: FoundLayer): PatchError {
  return new PatchError(
    'E_INPUT',
    `${textOf(other.files)} and ${textOf(one.files)} are both for ${titleOf(one.layer)}, but do not follow each other`,
    { entry: String(one.layer.number), help: 'apply one of them, then look for what leads on from there' },
  );
}

function filesOf(line: Line): string[] {
  return line.map(({ label }) => label);
}

function textOf(files: readonly string[]): string {
  return files.join(', ');
}
