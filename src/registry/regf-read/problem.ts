/** How a hive that is not as it should be is refused, or, when asked for, read without the parts that are broken. */
import { isPatchError, PatchError } from '../../errors.ts';

/** The error of a broken hive: what is wrong, and at which byte of the file. */
export function broken(place: number, reason: string, help?: string): PatchError {
  return new PatchError('E_FORMAT', `broken registry hive, offset 0x${place.toString(16)}: ${reason}`, {
    help: help ?? 'take a good copy of the hive, or read it leniently to get what is left of it',
  });
}

/** How many losses are told one by one; a hive with more is beyond reading line by line. */
const mostLosses = 1000;

/** What becomes of an error: strictly it is thrown; leniently it is written down as a loss, and reading goes on. */
export interface Problems {
  readonly lenient: boolean;
  /** One line for each part that could not be read, in the order found. */
  readonly losses: readonly string[];
  /**
   * Takes an error that somebody can live with. Throws it when strict, and always when it is not E_FORMAT. `where` is
   * what it concerns: a key or a value by its path.
   */
  lost(error: unknown, where?: () => string): void;
}

function located(error: PatchError, entry: string): PatchError {
  if (error.entry !== undefined) return error;
  const { help } = error;
  return new PatchError('E_FORMAT', error.message, {
    entry,
    cause: error,
    ...(help === undefined ? {} : { help }),
  });
}

export function createProblems(lenient: boolean): Problems {
  const losses: string[] = [];
  const known = new Set<string>();
  const lost = (error: unknown, where?: () => string): void => {
    if (!isPatchError(error) || error.code !== 'E_FORMAT') throw error;
    if (!lenient) throw where === undefined ? error : located(error, where());
    if (losses.length > mostLosses) return;
    const line = where === undefined ? error.message : `${where()}: ${error.message}`;
    // A key that is read twice, which random access does, loses the same thing twice.
    if (known.has(line)) return;
    known.add(line);
    losses.push(losses.length === mostLosses ? 'and more' : line);
  };
  return { lenient, losses, lost };
}
