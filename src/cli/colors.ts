/** Colours, on a terminal that has them and unless NO_COLOR is set. */
import picocolors from 'picocolors';

/** picocolors also colours where CI is set or on Windows, even into a file; we do not. */
export const colors = picocolors.createColors(
  picocolors.isColorSupported && (process.stdout.isTTY || (process.env['FORCE_COLOR'] ?? '') !== ''),
);
