/** Registry files in every form. */
export { areaFilesOf, areaHivesOf, newAreaFile, openAreaFile } from './area.ts';
export { detectForm, type RegistryForm } from './form.ts';
export { formatReg4 } from './format-reg4.ts';
export { formatJson, parseJson } from './json-form.ts';
export {
  canHold,
  openRegistry,
  readRegistry,
  type ReadRegistryOptions,
  type RegistrySource,
} from './read-registry.ts';
export {
  writeAgain,
  writeAgainOrUnicode,
  writeRegistry,
  type WriteRegistryOptions,
} from './write-registry.ts';
