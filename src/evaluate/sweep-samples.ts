import { usageError } from '../base/errors.js'
import { onceEach } from '../base/once-each.js'
import { toHeadName } from '../heads/save-head.js'
import { codesHere } from './codes-here.js'
import { compareSeries, type SeriesComparison } from './compare-series.js'
import type { DataSet } from './data-set.js'
import { divideDataSet } from './divide-data-set.js'
import { type LearningCurve, learningCurves } from './learning-curve.js'
import { type DataSetsOptions, openDataSets } from './open-data-sets.js'
import type { Split } from './split.js'
import { rankTrain, subsample } from './subsample.js'
import type { SweepPoint } from './sweep-point.js'
import { type HeadSetting, headSettings, type SeriesOptions } from './sweep-series.js'
import { type SizedSamples, type SweptSeries, sweepSets } from './sweep-sets.js'
import { type SweepSizeOptions, sweepSizes } from './sweep-sizes.js'
import { noteTunedImages } from './tuned-images.js'

/** Every combination that exists of model, layer, pool, head and solver is a series. λ is chosen once for each series and size. */
export interface SweepSamplesOptions extends DataSetsOptions, SeriesOptions, SweepSizeOptions {
  /** Sub-samples of each size, default 5. */
  readonly repeats?: number | undefined
  /** Accuracy of which is told how many images it needs, above 0 and below 1. */
  readonly target?: number | undefined
}

export interface SweepSamplesResult {
  readonly points: readonly SweepPoint[]
  readonly series: readonly SweptSeries[]
  /** Paired tests between series at each size. */
  readonly comparisons: readonly SeriesComparison[]
  /** Fitted to series of three sizes or more. */
  readonly curves: readonly LearningCurve[]
  readonly seconds: number
  /** A name for the sweep that is safe as that of a folder. */
  readonly name: string
  /** Root of the data set. */
  readonly data: string
  /** The file of labels; null: the folders' names. */
  readonly labelFile: string | null
  /** Of the first series. */
  readonly model: string
  readonly fingerprint: string
  readonly classes: number
  /** Images that the sub-samples are drawn from, that λ is chosen on, and that all heads are tested on: the same for all series. */
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Test images whose picture is in the train or validation part: `cleanAccuracies` of the points are without them. */
  readonly leaked: number
  /** Images left out because byte-equal ones have other labels. */
  readonly conflicts: readonly (readonly string[])[]
  /** Views of each image that heads were trained on, and that they were tested by. */
  readonly views: { readonly train: number; readonly test: number }
  readonly seed: number
  readonly split: { readonly train: string; readonly validation: string }
}

/**
 * Trains heads on sub-samples of growing size and tests each on the same images.
 *
 * Sub-samples are nested in size, the same for all series, and drawn from the train part without validation; λ is chosen once for each
 * size on the validation part; nothing is fitted again. One Gram matrix serves all heads of a series whose codes are longer than there
 * are images; one at a time is in memory.
 *
 * @throws UserError where codes are missing, a class is too small for the split, or a size exceeds every class.
 */
export async function sweepSamples(given: SweepSamplesOptions = {}): Promise<SweepSamplesResult> {
  const started = performance.now()
  const options = { ...given, onNote: onceEach(given.onNote) }
  checkOptions(options)
  const sets = await codesHere(openDataSets(options), options)
  try {
    const [first] = sets
    if (!first) throw new Error('Expected at least one kind of codes')
    const { parts, leaks } = await divideDataSet(first, options)
    for (const other of sets.slice(1)) noteTunedImages(other, parts.test, options.onNote)
    const samples = drawSamples(first, parts, options)
    const settings = headSettings(parts, first, options)
    const swept = await sweepSets(sets, settings, { parts, leaks, samples, options })
    const points = swept.flatMap((one) => one.points)
    const { target, seed = 0, split = '0.7', validation = '0.1' } = options
    return {
      points,
      series: swept.map(({ series }) => series),
      comparisons: compareSeries(points),
      curves: learningCurves(points, { target, seed }),
      seconds: (performance.now() - started) / 1000,
      name: nameOf(sets, settings),
      data: first.root,
      labelFile: first.labels ?? null,
      model: first.model,
      fingerprint: first.fingerprint.digest,
      classes: parts.classes.length,
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
      leaked: leaks.length,
      conflicts: parts.conflicts.map((group) => group.map((index) => first.images[index]?.path ?? '')),
      views: { train: parts.views?.count ?? 1, test: options.tta ? (parts.views?.count ?? 1) : 1 },
      seed,
      split: { train: split, validation },
    }
  } finally {
    for (const { catalog } of sets) catalog.close()
  }
}

function checkOptions({ repeats = 5, target }: SweepSamplesOptions): void {
  if (!(Number.isSafeInteger(repeats) && repeats > 0)) throw usageError('--repeats', 'a whole number above 0', repeats)
  if (target !== undefined && !(target > 0 && target < 1))
    throw usageError('--target', 'an accuracy above 0 and below 1, such as 0.95', target)
}

/** The sub-samples of each size, nested; one where all repeats would be the same. */
function drawSamples(data: DataSet, parts: Split, options: SweepSamplesOptions): SizedSamples[] {
  const { repeats = 5, seed = 0 } = options
  const sizes = sweepSizes(parts, data.labels, options)
  const ranked = Array.from({ length: repeats }, (_, repeat) => rankTrain(data.images, parts, { seed, repeat }))
  return sizes.map((size) => {
    const subsamples = ranked.map((train) => subsample(train, size))
    return { size, subsamples: subsamples[0]?.exhausted ? subsamples.slice(0, 1) : subsamples }
  })
}

/** Data folder, file of labels and models, views of the codes, heads and solvers beyond the usual ones. */
function nameOf(sets: readonly DataSet[], settings: readonly HeadSetting[]): string {
  const [first = '', ...others] = sets.map(({ name }) => name)
  const views = settings.map(({ pool }) => (pool === 'none' ? 'flat' : pool))
  const heads = settings.map(({ head, options }) => (options.solver === 'lbfgs' ? head : `${head}-${options.solver}`))
  const own = heads.every((head) => head === 'softmax') ? [] : heads
  return toHeadName([...new Set([first, ...others, ...views, ...own])].join('-'))
}
