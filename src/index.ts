export { addModel } from './backbones/add-model.js'
export { removeAdded } from './backbones/added-models.js'
export type { BackboneFacts, LayerFacts } from './backbones/backbone-facts.js'
export { describeBackbone } from './backbones/describe-backbone.js'
export { type BackboneList, type ListedBackbone, listBackbones } from './backbones/list-backbones.js'
export { type Verification, verifyBackbones } from './backbones/verify-backbone.js'
export { UserError } from './base/errors.js'
export type { CodeKind } from './cache/code-kind.js'
export { type BeforeAfter, type CompactOptions, type CompactResult, compactCache } from './cache/compact-cache.js'
export type { ExchangeFormat } from './cache/exchange/exchange-row.js'
export { type ImportOptions, type ImportResult, importCodes } from './cache/exchange/import-codes.js'
export type { PartDifference } from './cache/identity-differences.js'
export type { ImageCode } from './cache/image-entries.js'
export { type ImportCacheOptions, type ImportCacheResult, importCache } from './cache/import-cache.js'
export { type CodeList, type ListedKind, listCodes } from './cache/list-codes.js'
export { type ListedFile, type ListQuarantineOptions, listQuarantine, type QuarantineList } from './cache/list-quarantine.js'
export { type RebuildOptions, type Rebuilt, rebuildCatalog } from './cache/rebuild-catalog.js'
export type { FoundProblem, Verified, VerifiedStep } from './cache/verify/verify-folder.js'
export { type ExportCodesOptions, type ExportCodesResult, exportCodes } from './evaluate/export-codes.js'
export type { SweepPoint } from './evaluate/sweep-point.js'
export { type SweepSamplesOptions, type SweepSamplesResult, sweepSamples } from './evaluate/sweep-samples.js'
export { type TrainHeadOptions, type TrainHeadResult, trainHead } from './evaluate/train-head.js'
export type { KindOptions } from './extract/asked-kind.js'
export { type Explanation, explainCode, type FileState, type Miss, type NearestKind } from './extract/explain-code.js'
export { extractCodes, extractSeveral } from './extract/extract-codes.js'
export type {
  ExtractOptions,
  ExtractProgress,
  ExtractResult,
  ExtractSeveralOptions,
  ExtractSeveralResult,
  Quarantined,
  StageThreads,
  ViewResult,
} from './extract/options.js'
export { type CodePlan, planCodes, planSeveral, type SeveralPlan } from './extract/plan-codes.js'
export type { PlannedRun, PlannedView } from './extract/planned-run.js'
export type { Recomputed, UncheckedCode } from './extract/recompute.js'
export { type RemovedKind, type RemoveOptions, type RemoveResult, removeCodes } from './extract/remove-codes.js'
export { type VerifyCacheOptions, type VerifyCacheResult, verifyCache } from './extract/verify-cache.js'
export { type WatchOptions, type WatchResult, watchCodes } from './extract/watch-codes.js'
export type { Bound } from './extract/what-bounds.js'
export { parseAugment } from './images/augment/parse-augment.js'
export type { DecoderName } from './images/preprocessing.js'
export type { ResizeRule } from './images/resize-rule.js'
export { type ComparedCodes, type CompareOptions, type CompareResult, compareModels } from './recipes/compare-models.js'
export { writeSweep } from './report/write-sweep.js'
