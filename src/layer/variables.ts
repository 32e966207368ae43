/** Variables: names for places that differ from machine to machine, as they occur in registry data. */

/** Places that every Windows machine has: the environment variable that tells, and the usual path. */
const places = {
  Windows: ['SystemRoot', 'C:\\Windows'],
  ProgramFilesX64: ['ProgramW6432', 'C:\\Program Files'],
  ProgramFilesX86: ['ProgramFiles(x86)', 'C:\\Program Files (x86)'],
  CommonAppData: ['ProgramData', 'C:\\ProgramData'],
  Public: ['PUBLIC', 'C:\\Users\\Public'],
} as const;

export const machineVariableNames: readonly string[] = Object.keys(places).sort();

/** Where this machine has its places; on another system than Windows, where Windows has them as it is installed. */
export function machineVariables(
  environment: Readonly<Record<string, string | undefined>> = process.platform === 'win32' ? process.env : {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(places).map(([name, [variable, usual]]) => [name, environment[variable] ?? usual]),
  );
}

/** The values of the given names; those without a value are left out. */
export function pickVariables(
  names: readonly string[],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = { ...machineVariables(), ...values };
  return Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}
