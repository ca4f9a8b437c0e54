import { usageError } from '../base/errors.js'
import { once } from '../base/once.js'
import { parseHead } from '../heads/network/head-spec.js'
import type { ComparedKind } from './compared-kind.js'
import type { DataSet } from './data-set.js'
import { divideDataSet } from './divide-data-set.js'
import { openFeatures } from './features.js'
import { studentInterval } from './interval.js'
import type { Leak } from './leaks.js'
import { featureOptions } from './measure-head.js'
import type { Split } from './split.js'
import { rankTrain, type Subsample, subsample } from './subsample.js'
import { type HeadSetting, headSettings, type SeriesOptions } from './sweep-series.js'
import { viewOf } from './sweep-sets.js'
import { sweepSize } from './sweep-size.js'

export interface SplitAccuraciesOptions extends SeriesOptions {
  /** Splits, whose seeds are `seed` and those that follow; default 5. */
  readonly repeats?: number | undefined
  /** Train images of each class, at most; default all. */
  readonly perClass?: number | undefined
}

/** One split of the images, and what heads are trained with on it. */
export interface RepeatedSplit {
  readonly parts: Split
  /** Test images that are shown in training too. */
  readonly leaks: readonly Leak[]
  readonly sample: Subsample
  readonly settings: readonly HeadSetting[]
}

/** A head on one view of the codes, over all splits. */
export type SplitAccuracies = Pick<ComparedKind, 'pool' | 'head' | 'solver' | 'accuracy' | 'low' | 'high' | 'accuracies' | 'cleanAccuracy'>

/**
 * The splits, the same for every kind of codes; one where all would have the same images, as where folders give the parts.
 *
 * @throws UserError where a class is too small, or a head and a pool contradict each other.
 */
export async function repeatedSplits(data: DataSet, options: SplitAccuraciesOptions): Promise<RepeatedSplit[]> {
  const { repeats = 5, perClass, seed = 0, head } = options
  if (!(Number.isSafeInteger(repeats) && repeats > 0)) throw usageError('--repeats', 'a whole number above 0', repeats)
  if (perClass !== undefined && !(Number.isSafeInteger(perClass) && perClass > 0))
    throw usageError('--per-class', 'a whole number above 0', perClass)
  const hasOwnPool = head !== undefined && [head].flat().some((one) => parseHead(one).pool !== undefined)
  const pool = options.pool ?? (hasOwnPool ? undefined : (['none', 'avg'] as const))
  const splits: RepeatedSplit[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    const own = { ...options, pool, seed: seed + repeat, onProgress: undefined }
    const { parts, leaks } = await divideDataSet(data, own)
    const ranked = rankTrain(data.images, parts, { seed: own.seed, repeat: 0 })
    const sample = subsample(ranked, { unit: 'per-class', count: perClass ?? parts.train.length })
    splits.push({ parts, leaks, sample, settings: headSettings(parts, data, own) })
  }
  const keys = splits.map(({ parts: { train, validation, test }, sample }) => {
    const taken = perClass === undefined ? [...train, ...validation] : sample.samples
    return [taken, test].map((part) => [...part].sort().join()).join('/')
  })
  return new Set(keys).size === 1 ? splits.slice(0, 1) : splits
}

/**
 * Trains a head on every split for each view of the codes, and tests it on the split's test part, as a sweep does: λ is chosen on the
 * validation part of each split, and the head not fitted again with that part. Views that are the same are taken once: codes without
 * positions have one.
 */
export async function splitAccuracies(
  data: DataSet,
  splits: readonly RepeatedSplit[],
  onShare?: (share: number) => void,
): Promise<SplitAccuracies[]> {
  const views = new Set<string>()
  const settings = [...(splits[0]?.settings ?? [])].map((setting, at) => ({ setting, at }))
  const different = settings.filter(({ setting }) => {
    const view = `${viewOf(data, setting)} ${setting.head} ${setting.solver}`
    return !views.has(view) && views.add(view)
  })
  const results: SplitAccuracies[] = []
  for (const { setting, at } of different) {
    const { pool, head, solver } = setting
    const onSplit = (share: number) => onShare?.((results.length + share) / different.length)
    const { accuracies, clean } = await accuraciesOf(data, { splits, at, onSplit })
    const { mean, low, high } = studentInterval(accuracies)
    const cleanAccuracy = clean.length === 0 ? null : studentInterval(clean).mean
    results.push({ pool, head, solver, accuracy: mean, low, high, accuracies, cleanAccuracy })
  }
  return results
}

interface Job {
  readonly splits: readonly RepeatedSplit[]
  /** Which of the settings. */
  readonly at: number
  readonly onSplit: (share: number) => void
}

/** Accuracies on each split, and without leaked test images; a split that has none counts as it is where another has some. */
async function accuraciesOf(data: DataSet, { splits, at, onSplit }: Job): Promise<Record<'accuracies' | 'clean', number[]>> {
  const accuracies: number[] = []
  const clean: number[] = []
  const shared = splits[0]?.settings[at]
  if (!shared) throw new Error('Expected a head')
  const features = once(() => openFeatures(data, featureOptions({ ...shared.options, onProgress: undefined })))
  for (const { parts, leaks, sample, settings } of splits) {
    const { options } = settings[at] ?? shared
    const measured = await sweepSize([sample], { data, parts, leaks, options: { ...options, onProgress: undefined }, features })
    accuracies.push(...measured.accuracies)
    clean.push(...(measured.cleanAccuracies ?? measured.accuracies))
    onSplit(accuracies.length / splits.length)
  }
  return { accuracies, clean: splits.some(({ leaks }) => leaks.length > 0) ? clean : [] }
}
