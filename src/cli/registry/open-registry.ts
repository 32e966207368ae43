/** A registry file of any form, with its logs where it has some. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { bytesOf, tooLarge } from '../../bytes.ts';
import { PatchError, fromSystem, isPatchError, systemCode } from '../../errors.ts';
import {
  detectForm,
  openRegistry,
  type RegistryForm,
  type RegistrySource,
  writeRegistry,
} from '../../registry/forms/forms.ts';
import { regfPlace, toRegistry } from '../../registry/forms/regf-place.ts';
import type { Registry } from '../../registry/hive.ts';
import { openHive } from '../../registry/regf-read/open-hive.ts';
import type { KeyPath } from '../../registry/roots.ts';
import type { Session } from '../session.ts';
import { pathText } from './key-argument.ts';

export interface OpenedRegistry {
  readonly registry: Registry;
  readonly form: RegistryForm;
  readonly bytes: Uint8Array;
  /** The key that the root of a hive file or Wine file is; null where the file itself says where its keys are. */
  readonly place: KeyPath | null;
  /** Whether its bytes alone are not all of it: logs completed it. */
  readonly recovered: boolean;
}

/** Node refuses larger files in one piece. */
const sizeLimit = 2 ** 31 - 1;
const logNames = ['.LOG', '.LOG1', '.LOG2'];

/**
 * `root` is where a hive belongs, if its name does not say it; where nothing does, it is taken for HKEY_LOCAL_MACHINE, and
 * that is noted. E_INPUT where the file cannot be read, E_FORMAT and E_LIMIT where it is no registry that we understand.
 */
export async function openRegistryFile(
  session: Pick<Session, 'note'>,
  path: string,
  root?: string,
): Promise<OpenedRegistry> {
  const bytes = readInput(path);
  try {
    const opened = await open(bytes, path, root);
    if (opened.recovered)
      session.note({ code: 'recovered', message: `${path}: completed with the logs beside it` });
    return opened;
  } catch (error) {
    if (!isPatchError(error)) throw error;
    if (error.code === 'E_USAGE' && root === undefined) {
      session.note({
        code: 'root-assumed',
        message: `${path}: taken for HKEY_LOCAL_MACHINE, since nothing says where it belongs (--root)`,
      });
      return openRegistryFile(session, path, 'HKEY_LOCAL_MACHINE');
    }
    throw named(error, path);
  }
}

async function open(bytes: Uint8Array, path: string, root: string | undefined): Promise<OpenedRegistry> {
  const name = basename(path);
  const form = detectForm(bytes);
  const logs = form === 'regf' ? logsOf(path) : [];
  if (logs.length > 0) {
    const hive = await openHive(bytesOf(bytes), { logs: logs.map(bytesOf) });
    const key = await hive.toKey();
    const place = regfPlace(key, root, name);
    const registry = toRegistry(key, place);
    const { recovered } = hive;
    return { registry, form: 'regf', bytes, place: place === 'app-v' ? null : place, recovered };
  }
  const source = openRegistry(bytes, { name, ...(root !== undefined && { root }) });
  const place = placeIn(source);
  return { registry: source.registry, form: source.form, bytes, place, recovered: false };
}

function placeIn(source: RegistrySource): KeyPath | null {
  if (source.form === 'wine') return { root: source.root, names: [] };
  return source.form === 'regf' && source.place !== 'app-v' ? source.place : null;
}

/** The bytes of a registry in the form of the file that it was made of, with what else that file had. */
export function writeLike(registry: Registry, { form, bytes, place, recovered }: OpenedRegistry): Uint8Array {
  const options = place === null ? {} : { root: pathText(place.root, place.names) };
  return writeRegistry(registry, form, recovered ? undefined : bytes, options);
}

/** Which of several files it was. */
function named(error: PatchError, path: string): PatchError {
  const { code, message, help, details } = error;
  const text = message.startsWith(path) ? message : `${path}: ${message}`;
  return new PatchError(code, text, {
    entry: path,
    ...(help !== undefined && { help }),
    details,
    cause: error,
  });
}

function readInput(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) {
      throw new PatchError('E_INPUT', `${path}: is not a file`, {
        entry: path,
        help: 'give a registry file',
      });
    }
    if (stats.size > sizeLimit) throw tooLarge(path, stats.size, sizeLimit);
    return readFileSync(path);
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
}

/** Windows writes them beside the hive; copies of either are often named in lower case. */
function logsOf(path: string): Uint8Array[] {
  return logNames.flatMap((name) => {
    const log = readIfThere(path + name) ?? readIfThere(path + name.toLowerCase());
    return log === null ? [] : [log];
  });
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw fromSystem(error, 'read', path);
  }
}
