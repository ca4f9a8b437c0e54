import { usageError } from '../base/errors.js'
import { once } from '../base/once.js'
import { product } from '../base/product.js'
import { type Pool, pooledShape } from '../cache/pool-codes.js'
import type { Matrix } from '../engine/gemm.js'
import { calibratedAnswers, calibrateHead, type HeadCalibration } from './calibrate-head.js'
import type { DataSet } from './data-set.js'
import { divideDataSet } from './divide-data-set.js'
import { openFeatures } from './features.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { headPool } from './head-pool.js'
import { headName, headTrainer } from './head-trainers.js'
import { cleanAccuracy, type Leak, leaksOf } from './leaks.js'
import { resolveHead } from './resolve-head.js'
import { type HeadChecks, selfTestSamples } from './self-test.js'
import type { Split } from './split.js'
import { rankTrain, subsample } from './subsample.js'
import { type TestAnswers, testAnswers } from './test-answers.js'
import { type TestMeasures, testMeasures } from './test-measures.js'
import { testScores } from './test-scores.js'
import type { HeadTrainer, HistoryEntry, TrainedHead } from './trained-head.js'
import { type TrainingSettings, trainingSettings } from './training-settings.js'

/** A head's figures, and what it was trained on. */
export type HeadFigures = HeadFacts & TestMeasures

/** The figures that heads on one label and on several have in common. */
export interface HeadFacts {
  readonly classes: number
  /** Images of each part. */
  readonly train: number
  readonly validation: number
  readonly test: number
  /** The file of labels; null: the folders' names. */
  readonly labelFile: string | null
  /** Images left out because byte-equal ones have other labels. */
  readonly conflicts: readonly (readonly string[])[]
  readonly model: string
  readonly layer: string
  readonly fingerprint: string
  readonly pool: Pool
  readonly codeLength: number
  readonly head: string
  readonly solver: SolverName
  /** gram: trained through the Gram matrix; weight: through the codes. */
  readonly space: 'gram' | 'weight'
  readonly l2: number | null
  /** Of k nearest neighbours: how many, and the temperature of their votes (null: all alike). */
  readonly neighbours: number | null
  readonly temperature: number | null
  /** What else shaped the training. */
  readonly settings: TrainingSettings
  readonly seed: number
  /** The shares as they were given. */
  readonly split: { readonly train: string; readonly validation: string; readonly perClass: number | null; readonly byCluster: boolean }
  /** Iterations or epochs, all settings together. */
  readonly epochs: number
  /** The epoch whose weights the head has; null where it was not trained by epochs. */
  readonly kept: number | null
  /**
   * Train: train and validation images together where λ was chosen on the latter; validation: before that; null without such a part.
   * In a multi-label set the share of images whose labels are all right.
   */
  readonly accuracy: { readonly train: number; readonly validation: number | null; readonly test: number }
  /** Test images whose picture was trained or chosen on, and the image that shows it. */
  readonly leaks: readonly LeakedImage[]
  /** What told near-duplicates: a look at the pictures, codes alone, or (only byte-equal ones are known) bytes. */
  readonly leaksBy: 'pictures' | 'codes' | 'bytes'
  /** Accuracy on the other test images; null where none is leaked, or all are. */
  readonly cleanAccuracy: number | null
  readonly history: readonly HistoryEntry[]
  /** Null where probabilities are as training left them. */
  readonly calibration: HeadCalibration | null
}

/** A test image that is a near-duplicate of one that was trained or chosen on. */
export type LeakedImage = {
  readonly test: string
  readonly other: string
  /** Cosine of their codes. */
  readonly similarity: number
}

export interface MeasureOptions extends HeadOptions {
  /** Train images of each class, at most; default all. */
  readonly perClass?: number | undefined
  /** Fit again with the validation part, once a choice was made on it; default where `perClass` is not given. */
  readonly refit?: boolean | undefined
  /** Fit a temperature on the validation part, so that probabilities keep what they promise; default false. */
  readonly calibrate?: boolean | undefined
}

/** A trained head, the parts of its data, and its figures. */
export interface MeasuredHead {
  readonly parts: Split
  readonly head: TrainedHead
  readonly figures: HeadFigures
  /** What it says of each test image. */
  readonly answers: TestAnswers
  readonly checks: HeadChecks
}

/**
 * Trains a head on a data set's codes and measures it on the test part, which takes part in no choice.
 *
 * @param train what trains it; default what the options say.
 * @throws UserError where a class is too small for the split.
 */
export async function measureHead(data: DataSet, given: MeasureOptions = {}, train?: HeadTrainer): Promise<MeasuredHead> {
  const { split = '0.7', validation = '0.1', seed = 0, perClass, refit = perClass === undefined } = given
  const { parts: whole, pairs } = await divideDataSet(data, given)
  const parts = limited(whole, data, given)
  const options = resolveHead(given, parts, data)
  const { solver } = options
  const pool = headPool(options)
  const features = once(() => openFeatures(data, featureOptions(options)))
  const job = { data, parts, options, features, refit }
  const trainer = train ?? headTrainer(solver)
  const head = await trainer(job)
  const samples = selfTestSamples(parts)
  const { scores, checked, calibration } = await orClose(head, async () => {
    const scores = await testScores(head, parts, options)
    const checked = await head.scores(samples)
    return { scores, checked, calibration: given.calibrate ? await calibrateHead({ job, head, train: trainer, scores }) : null }
  })
  const answersOf = (of: Matrix) => (calibration ? calibratedAnswers(of, parts, calibration.temperature) : testAnswers(of, parts, options))
  const { testAccuracy, ...measures } = testMeasures(scores, parts)
  const leaks = leaksOf(data.images, parts, pairs?.pairs ?? [])
  const figures = {
    classes: parts.classes.length,
    train: parts.train.length,
    validation: parts.validation.length,
    test: parts.test.length,
    labelFile: data.labels ?? null,
    conflicts: parts.conflicts.map((group) => group.map((index) => data.images[index]?.path ?? '')),
    model: data.model,
    layer: data.layer,
    fingerprint: data.fingerprint.digest,
    pool,
    codeLength: product(pooledShape(data.fingerprint.shape, pool)),
    head: headName(options),
    solver,
    space: head.space,
    l2: null,
    neighbours: null,
    temperature: null,
    ...head.chosen,
    settings: { ...trainingSettings({ ...options, ...head.chosen }), ...viewSettings(data, options) },
    seed,
    split: { train: split, validation, perClass: perClass ?? null, byCluster: given.splitByCluster ?? false },
    epochs: head.epochs,
    kept: head.kept ?? null,
    accuracy: { ...head.accuracy, test: testAccuracy },
    leaks: leaks.map((leak) => leakedImage(leak, data)),
    leaksBy: pairs?.by ?? 'bytes',
    cleanAccuracy: cleanAccuracy(scores, parts, leaks),
    ...measures,
    history: head.history,
    calibration,
  } as const
  return { parts, head, figures, answers: answersOf(scores), checks: { samples, answers: answersOf(checked).values } }
}

function leakedImage({ test, other, similarity }: Leak, { images }: DataSet): LeakedImage {
  return { test: images[test]?.path ?? '', other: images[other]?.path ?? '', similarity }
}

/** As many train images of each class as are wanted: those of the first repeat of a sweep with this seed. */
function limited(parts: Split, { images }: DataSet, { perClass, seed = 0 }: MeasureOptions): Split {
  if (perClass === undefined) return parts
  if (!Number.isSafeInteger(perClass) || perClass < 1) throw usageError('--per-class', 'a whole number above 0', perClass)
  const ranked = rankTrain(images, parts, { seed, repeat: 0 })
  return { ...parts, train: subsample(ranked, { unit: 'per-class', count: perClass }).samples }
}

/** A head that fails gives its threads back: nobody else can. */
function orClose<T>(head: TrainedHead, action: () => Promise<T>): Promise<T> {
  return action().catch(async (error: unknown) => {
    await head.close?.()
    throw error
  })
}

/** Which views of the images took part; nothing where there is the plain one alone. */
function viewSettings({ views }: DataSet, { tta = false }: HeadOptions): TrainingSettings {
  return views
    ? { views: views.records.length + 1, augment: views.spec, augmentSeed: views.seed, testViews: tta ? views.records.length + 1 : 1 }
    : {}
}

/** How features are opened for a head. */
export function featureOptions({ memory, gramLimit, onNote, onProgress, ...options }: HeadOptions) {
  const onShare = onProgress && ((share: number) => onProgress('Gram matrix', share))
  return { pool: headPool(options), memory, gramLimit, onNote, onProgress: onShare }
}
