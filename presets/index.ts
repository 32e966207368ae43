/** Chains of stages, and the configurations that they come from. */
export { apply, type ApplyAtOptions, type ApplyOptions } from './apply.ts';
export { applyTogether, type ApplyTogetherOptions } from './apply-together.ts';
export {
  type Application,
  type CreatePatchOptions,
  type ExtraStages,
  type FamilyName,
  applyPatch,
  applyPatches,
  createPatch,
  defineApplication,
  families,
  familyOf,
  repairFolder,
} from './application.ts';
export { create, type CreateOptions } from './create.ts';
export type { Family } from './family.ts';
export { generic } from './generic.ts';
export {
  type FolderStep,
  type PatchFolder,
  type PatchFolderOptions,
  ignoredText,
  openPatchFolder,
} from './patch-folder.ts';
export { type PlannedRoad, type PlanRoadOptions, hasRoad, planRoad, roadTo } from './plan-road.ts';
export { repair, type RepairAtOptions, type RepairOptions } from './repair.ts';
export { windows } from './windows.ts';
