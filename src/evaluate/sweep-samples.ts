import { UserError, usageError } from '../base/errors.js'
import { once } from '../base/once.js'
import { argmaxRows } from '../heads/argmax.js'
import { toHeadName } from '../heads/save-head.js'
import { accuracyOf } from '../heads/score.js'
import { checkSolverOptions } from './check-solver-options.js'
import { type DataSet, type DataSetOptions, openDataSet } from './data-set.js'
import { openFeatures } from './features.js'
import type { HeadOptions } from './head-options.js'
import { headPool } from './head-pool.js'
import { headName, headTrainer, resolveSolver } from './head-trainers.js'
import { studentInterval } from './interval.js'
import { checkValidation, featureOptions } from './measure-head.js'
import { labelsOf, type Split } from './split.js'
import { splitDataSet } from './split-data-set.js'
import { type Subsample, subsample } from './subsample.js'
import type { SweepPoint } from './sweep-point.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/** λ is chosen once for each size. */
export interface SweepSamplesOptions extends DataSetOptions, HeadOptions {
  /** Images of each class, default 5, 10, 15, 20, 25, 30; a class that has fewer gives all it has. */
  readonly perClass?: readonly number[] | undefined
  /** Sub-samples of each size, default 5. */
  readonly repeats?: number | undefined
}

export interface SweepSamplesResult {
  readonly points: readonly SweepPoint[]
  readonly seconds: number
  /** A name for the sweep that is safe as that of a folder. */
  readonly name: string
  /** Root of the data set. */
  readonly data: string
  /** The file of labels; null: the folders' names. */
  readonly labelFile: string | null
  readonly model: string
  readonly fingerprint: string
  readonly classes: number
  /** Images that the sub-samples are drawn from, that λ is chosen on, and that all heads are tested on. */
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly seed: number
  readonly split: { readonly train: string; readonly validation: string }
  /** λ of each size. */
  readonly l2: readonly (number | null)[]
}

/**
 * Trains heads on sub-samples of growing size and tests each on the same images.
 *
 * Sub-samples are nested in size and drawn from the train part without validation; λ is chosen once for each size on the
 * validation part; nothing is fitted again. All of it comes from one Gram matrix where codes are longer than there are images.
 *
 * @throws UserError where codes are missing, a class is too small for the split, or a size exceeds every class.
 */
export async function sweepSamples(options: SweepSamplesOptions = {}): Promise<SweepSamplesResult> {
  const started = performance.now()
  const { perClass = [5, 10, 15, 20, 25, 30], split = '0.7', validation = '0.1', seed = 0, onProgress } = options
  checkSolverOptions(resolveSolver(options), options)
  checkValidation(options)
  const pool = headPool(options)
  const data = openDataSet(options)
  try {
    const parts = splitDataSet(data, options)
    checkOneLabel(data, parts)
    const sizes = [...new Set(perClass)].sort((a, b) => a - b)
    checkSizes(sizes, parts)
    const features = once(() => openFeatures(data, featureOptions(options)))
    const points: SweepPoint[] = []
    const l2: (number | null)[] = []
    for (const size of sizes) {
      const swept = await sweepSize(size, { data, parts, features, options, refit: false, tolerance })
      points.push({ ...swept.point, model: data.model, layer: data.layer, pool })
      l2.push(swept.l2)
      onProgress?.(`${size} per class`, points.length / sizes.length)
    }
    return {
      points,
      seconds: (performance.now() - started) / 1000,
      name: toHeadName(`${data.name}-${pool === 'none' ? 'flat' : pool}`),
      data: data.root,
      labelFile: data.labels ?? null,
      model: data.model,
      fingerprint: data.fingerprint.digest,
      classes: parts.classes.length,
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
      seed,
      split: { train: split, validation },
      l2,
    }
  } finally {
    data.catalog.close()
  }
}

/** Refuses sets whose images have several labels: an image counts for each of them. */
function checkOneLabel({ labels }: DataSet, { targets }: Split): void {
  if (targets === undefined) return
  throw new UserError(
    `Expected one label for each image to count --per-class, found images with several or none in ${labels}. Use --total, which counts images of all labels together.`,
    2,
  )
}

/** Refuses sizes of which no class has as many images. */
function checkSizes(sizes: readonly number[], parts: Split): void {
  const counts = parts.classes.map(() => 0)
  for (const label of labelsOf(parts, parts.train)) counts[label] = (counts[label] ?? 0) + 1
  const largest = Math.max(...counts)
  const beyond = sizes.find((size) => size > largest)
  if (beyond === undefined) return
  throw new UserError(
    `Expected --per-class to be at most ${largest}, the training images of the largest class, got ${beyond}. Choose smaller sizes, or a larger --split.`,
    2,
  )
}

/** A tenth of the objective may be left to gain: on Caltech-101 a tighter one costs a third more time and changes no accuracy by more than 0.3 points. */
const tolerance = 0.1

/** One size: settings from the first sub-sample, then a head on each sub-sample. */
async function sweepSize(size: number, job: HeadJob & { readonly options: SweepSamplesOptions }) {
  const { repeats = 5, seed = 0 } = job.options
  const subsamples = Array.from({ length: repeats }, (_, repeat) => subsample(job.data.images, job.parts, size, seed, repeat))
  const [first, ...others] = subsamples
  if (!first) throw usageError('--repeats', 'a whole number above 0', repeats)
  const head = await trainOn(first, job)
  const { chosen } = head
  const accuracies = [await testAccuracy(head, job.parts)]
  for (const other of first.exhausted ? [] : others) {
    accuracies.push(await testAccuracy(await trainOn(other, { ...job, options: { ...job.options, ...chosen } }), job.parts))
  }
  const point = {
    head: headName(job.options),
    perClass: size,
    trainImages: first.samples.length,
    shortClasses: first.shortClasses,
    repeats: accuracies.length,
    ...studentInterval(accuracies),
    accuracies,
  }
  return { l2: chosen.l2 ?? null, point }
}

function trainOn({ samples }: Subsample, job: HeadJob): Promise<TrainedHead> {
  return headTrainer(resolveSolver(job.options))({ ...job, parts: { ...job.parts, train: samples } })
}

async function testAccuracy(head: TrainedHead, parts: Split): Promise<number> {
  const predicted = argmaxRows(await head.scores(parts.test))
  await head.close?.()
  return accuracyOf(predicted, labelsOf(parts, parts.test))
}
