/** What a program needs besides the stages (`gulp-vpa/plugins`) and the chains (`gulp-vpa/presets`). */
export { type Bytes, type Digest, bytesOf, digestOf } from './bytes.ts';
export type { CodecContext, DeltaCodec } from './delta/codec.ts';
export { xdelta3 } from './delta/xdelta3.ts';
export type { Compressor } from './compress/compressor.ts';
export { brotli } from './compress/brotli.ts';
export { type ErrorCode, PatchError, exitCodes, isPatchError } from './errors.ts';
export { openDirectory } from './layer/directory-layer.ts';
export type { Entry, Identity, Layer, Meta, Sublayer } from './layer/layer.ts';
export { type LayerSource, openLayer } from './layer/open-layer.ts';
export { type EntryName, entryName } from './layer/name.ts';
export type { Change, ChangeKind } from './patch/change.ts';
export type { Manifest } from './patch/manifest.ts';
export { diffHives } from './registry/delta/diff.ts';
export { detectForm, readRegistry, writeRegistry } from './registry/forms/forms.ts';
export type { HiveRoot, Registry, RegistryKey, RegistryValue } from './registry/hive.ts';
export { mergeRegistries } from './registry/merge/hives.ts';
export { versionPairs } from './patch/version-pairs.ts';
export { mapOrdered } from './stream/map.ts';
export type { Signature, Signer, Verifier } from './sign/signer.ts';
export { ed25519Signer, ed25519Verifier, generateKeyPair } from './sign/ed25519.ts';
export { commandSigner } from './sign/command.ts';
export type { Trust } from './sign/policy.ts';
export { signedMessage } from './sign/message.ts';
export { copyTarget } from './store/copy-target.ts';
export { findFitting } from './store/layers/fitting.ts';
export { importLayer } from './store/layers/import-layer.ts';
export { type StorePlaceOptions, openStorePlace } from './store/layers/store-place.ts';
export { type StoreTransaction, inOneTransaction } from './store/layers/store-transaction.ts';
export { type StoredLayer, readCatalogue } from './store/layers/stored-layer.ts';
export { undoLayer } from './store/layers/undo-layer.ts';
export type { Difference, DriftCounts } from './store/drift.ts';
export { inPlaceTarget } from './store/in-place-target.ts';
export { type RecoverOptions, recoverDirectory } from './store/recover-directory.ts';
export type { Restoration } from './store/restoration.ts';
export { type Status, statusOf } from './store/status.ts';
export type { Release, Target } from './store/target.ts';
export { type UndoOptions, undoDirectory } from './store/undo.ts';
export {
  changeFile,
  contentsOf,
  isChange,
  isManifest,
  isPlan,
  isSignature,
  partFile,
  signatureFile,
  streamOf,
} from './stream/file.ts';
export type { Notice, Progress } from './stream/progress.ts';
export { openArchiveFile } from './stream/open-archive-file.ts';
export { type RunOptions, run } from './stream/run.ts';
export {
  type Stage,
  type StageBody,
  type StageContext,
  after,
  before,
  source,
  stage,
} from './stream/stage.ts';
