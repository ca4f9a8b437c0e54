import { product } from '../base/product.js'
import type { Dtype } from '../cache/dtype.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { EngineInfo } from '../engine/engine-info.js'
import type { ExtractResult, ExtractSeveralResult } from './options.js'
import type { StreamOutcome } from './stream-job.js'
import type { Stock } from './take-stock.js'
import type { Target } from './target.js'

/** A run over the images, done. */
export interface Finished {
  readonly stock: Stock
  readonly outcome: StreamOutcome
  /** The files of the run, now that they are read. */
  readonly chosen: readonly FileRecord[]
  /** Paths of the files that were read or refused; undefined where all of them were that the run had to. */
  readonly tried?: ReadonlySet<string> | undefined
  readonly seconds: number
}

/** One kind of code, done. */
export interface FinishedTarget {
  readonly target: Target
  readonly computed: number
  readonly quarantine: readonly QuarantineRecord[]
  readonly dtype: Dtype
  readonly codeShape: readonly number[]
  readonly on: EngineInfo
  readonly heldBatch: number | undefined
}

/** What became of one view of the images. */
export type TargetResult = Omit<ExtractResult, 'augment' | 'views'>

export function targetResult(finished: Finished, of: FinishedTarget): TargetResult {
  const { outcome, seconds } = finished
  const { target, computed, dtype, codeShape } = of
  const { backbone, preprocessing, model, fingerprint } = target
  const counted = countedPaths(finished, of.quarantine)
  const quarantine = of.quarantine.flatMap(({ path, cause, reason }) => (counted.has(path) ? { path, cause, reason } : []))
  const images = imagesOf(finished)
  const { engine, provider } = of.on
  return {
    images,
    computed,
    cached: images - computed - quarantine.length,
    quarantined: quarantine.length,
    quarantine,
    seconds,
    imagesPerSecond: computed === 0 ? 0 : computed / seconds,
    codeLength: codeShape.length === 0 ? 0 : product(codeShape),
    codeShape,
    fingerprint,
    model,
    layer: backbone.layer,
    size: backbone.size,
    resize: preprocessing.resize,
    engine,
    provider,
    precision: target.identity.precision,
    decoder: target.preprocessing.decoder ?? 'exact',
    dtype,
    shares: outcome.shares,
    bound: outcome.bound ?? null,
    threads: outcome.threads ?? null,
    heldBatch: of.heldBatch ?? null,
    interrupted: outcome.interrupted,
  }
}

/** The results of the views of one kind of code as one: the plain view's, with what became of each. */
export function withViews(results: readonly TargetResult[], targets: readonly Target[]): ExtractResult {
  const [plain] = results
  if (!plain) throw new Error('Expected the plain view')
  const views = results.map(({ computed, cached, quarantined, fingerprint }, view) => ({
    view,
    computed,
    cached,
    quarantined,
    fingerprint,
  }))
  const { augmented } = targets.at(-1) ?? {}
  return { ...plain, augment: augmented ? { spec: augmented.augmentation.text, seed: augmented.seed } : null, views }
}

export function severalResult(finished: Finished, runs: readonly ExtractResult[]): ExtractSeveralResult {
  const { outcome, seconds } = finished
  const [first, ...others] = runs.map(({ quarantine }) => new Set(quarantine.map(({ path }) => path)))
  const quarantined = [...(first ?? [])].filter((path) => others.every((other) => other.has(path))).length
  const images = imagesOf(finished)
  return {
    images,
    computed: outcome.computed,
    cached: images - outcome.computed - quarantined,
    quarantined,
    seconds,
    imagesPerSecond: outcome.computed === 0 ? 0 : outcome.computed / seconds,
    shares: outcome.shares,
    bound: outcome.bound ?? null,
    threads: outcome.threads ?? null,
    interrupted: outcome.interrupted,
    runs,
  }
}

/** Images of the run; of an interrupted one, those that it got to. */
function imagesOf({ stock, outcome, chosen }: Finished): number {
  return outcome.interrupted ? stock.selected.length - stock.todo.length + outcome.done : chosen.length
}

/** Of quarantined files those that were chosen and that the run got to. */
function countedPaths({ stock, chosen, tried }: Finished, quarantine: readonly QuarantineRecord[]): Set<string> {
  const refused = new Set(quarantine.map(({ path }) => path))
  const unreached = new Set(tried ? stock.todo.flatMap(({ path }) => (refused.has(path) && !tried.has(path) ? path : [])) : [])
  return new Set(chosen.flatMap(({ path }) => (refused.has(path) && !unreached.has(path) ? path : [])))
}
