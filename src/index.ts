export { UserError } from './base/errors.js'
export type { SweepPoint } from './evaluate/sweep-point.js'
export { type SweepSamplesOptions, type SweepSamplesResult, sweepSamples } from './evaluate/sweep-samples.js'
export { type TrainHeadOptions, type TrainHeadResult, trainHead } from './evaluate/train-head.js'
export { extractCodes, extractSeveral } from './extract/extract-codes.js'
export type {
  ExtractOptions,
  ExtractProgress,
  ExtractResult,
  ExtractSeveralOptions,
  ExtractSeveralResult,
  Quarantined,
} from './extract/options.js'
export { type CodePlan, type PlannedRun, planCodes, planSeveral, type SeveralPlan } from './extract/plan-codes.js'
export { writeSweep } from './report/write-sweep.js'
