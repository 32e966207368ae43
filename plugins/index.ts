/** All stages. Each is a factory of options; a pipeline is an array of what they give. */
export { apply, type ApplyOptions } from './apply.ts';
export { applySteps, type ApplyStepsOptions } from './apply-steps.ts';
export { capture, type CaptureOptions } from './capture.ts';
export { compress, type CompressOptions } from './compress.ts';
export { deploy, type DeployOptions } from './deploy.ts';
export { diffFiles, type DiffFilesOptions } from './diff-files.ts';
export { diffRegistry } from './diff-registry.ts';
export { normalize, type NormalizeOptions } from './normalize.ts';
export { pack, type PackOptions } from './pack.ts';
export { restore, type RestoreOptions } from './restore.ts';
export { seal, type SealOptions } from './seal.ts';
export { sign, type SignOptions } from './sign.ts';
export { unpack, type UnpackOptions } from './unpack.ts';
export { verify, type VerifyOptions } from './verify.ts';
