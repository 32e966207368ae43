/** Finds the layer that a person means: by its number, its id, or its name. */
import { PatchError } from '../../errors.ts';
import { usersOf } from '../writable.ts';
import { layerFolder } from './layout.ts';
import { type StoredLayer, readCatalogue, titleOf } from './stored-layer.ts';

/**
 * E_INPUT where there is none, E_CONFLICT where there are several or the one that is meant cannot be read. Numbers come before ids,
 * ids before names.
 */
export function findLayer(store: string, text: string): StoredLayer {
  const { layers, damaged } = readCatalogue(store);
  const broken = damaged.find(({ number }) => String(number) === text);
  if (broken) throw broken.error;
  const ways: ((layer: StoredLayer) => boolean)[] = [
    ({ number }) => String(number) === text,
    ({ identity }) => identity.id === text,
    ({ identity }) => identity.name === text,
  ];
  for (const way of ways) {
    const [found, ...more] = layers.filter(way);
    if (found && more.length === 0) return found;
    if (found) {
      const all = [found, ...more];
      throw new PatchError(
        'E_CONFLICT',
        `there are ${all.length} layers that are called ${JSON.stringify(text)}`,
        {
          entry: text,
          help: 'say which one by its number',
          details: all.map(titleOf),
        },
      );
    }
  }
  throw new PatchError('E_INPUT', `${store}: has no layer ${JSON.stringify(text)}`, {
    entry: text,
    help: layers.length === 0 ? 'bring one in: vpa layer import FOLDER' : 'see: vpa layer list',
    // It may be one of these; nobody knows what they are called.
    details: damaged.map(({ error }) => error.message),
  });
}

/** The same for a layer that need not be whole: one that is to go, or to be mended. */
export function findAnyway(
  store: string,
  text: string,
): { readonly number: number; readonly title: string; readonly users: readonly string[] } {
  const broken = readCatalogue(store).damaged.find(({ number }) => String(number) === text);
  if (!broken) {
    const layer = findLayer(store, text);
    return { number: layer.number, title: titleOf(layer), users: layer.users };
  }
  const { number } = broken;
  return { number, title: `layer ${number}, which is damaged`, users: usersOf(layerFolder(store, number)) };
}
