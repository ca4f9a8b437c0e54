import { usageError } from '../base/errors.js'
import type { Pool } from '../cache/pool-codes.js'
import { argmaxRows } from '../heads/argmax.js'
import { accuracyOf } from '../heads/score.js'
import type { DataSet } from './data-set.js'
import { openFeatures } from './features.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { headTrainers, resolveSolver } from './head-trainers.js'
import { balancedAccuracy } from './metrics.js'
import { once } from './once.js'
import { labelsOf, type Split, splitImages } from './split.js'
import type { HistoryEntry, TrainedHead } from './trained-head.js'

/** A head's figures, and what it was trained on. */
export interface HeadFigures {
  readonly classes: number
  /** Images of each part. */
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Images left out because byte-equal ones lie in two classes. */
  readonly conflicts: readonly (readonly string[])[]
  readonly model: string
  readonly layer: string
  readonly fingerprint: string
  readonly pool: Pool
  readonly codeLength: number
  readonly head: 'softmax'
  readonly solver: SolverName
  /** gram: trained through the Gram matrix; weight: through the codes. */
  readonly space: 'gram' | 'weight'
  readonly l2: number | null
  readonly seed: number
  /** The shares as they were given. */
  readonly split: { readonly train: string; readonly validation: string }
  /** Iterations or epochs, all settings together. */
  readonly epochs: number
  /** Train: train and validation images together where λ was chosen on the latter; validation: before that; null without such a part. */
  readonly accuracy: { readonly train: number; readonly validation: number | null; readonly test: number }
  /** Mean recall of the classes on the test part. */
  readonly balancedAccuracy: number
  readonly history: readonly HistoryEntry[]
}

/** A trained head, the parts of its data, and its figures. */
export interface MeasuredHead {
  readonly parts: Split
  readonly head: TrainedHead
  readonly figures: HeadFigures
}

/**
 * Trains a head on a data set's codes and measures it on the test part, which takes part in no choice.
 *
 * @throws UserError where a class is too small for the split.
 */
export async function measureHead(data: DataSet, options: HeadOptions = {}): Promise<MeasuredHead> {
  const { pool = 'none', split = '0.7', validation = '0.1', seed = 0 } = options
  const solver = resolveSolver(options)
  checkValidation(options)
  const parts = splitImages(data.images, { split, validation, seed })
  const features = once(() => openFeatures(data, featureOptions(options)))
  const head = await headTrainers[solver]({ data, parts, options, features, refit: true })
  const onTest = argmaxRows(await head.scores(parts.test))
  const testLabels = labelsOf(parts, parts.test)
  const { codeLength } = await features()
  const figures = {
    classes: parts.classes.length,
    train: parts.train.length,
    validation: parts.validation.length,
    test: parts.test.length,
    conflicts: parts.conflicts.map((group) => group.map((index) => data.images[index]?.path ?? '')),
    model: data.model,
    layer: data.layer,
    fingerprint: data.fingerprint.digest,
    pool,
    codeLength,
    head: 'softmax',
    solver,
    space: head.space,
    l2: null,
    ...head.chosen,
    seed,
    split: { train: split, validation },
    epochs: head.epochs,
    accuracy: { ...head.accuracy, test: accuracyOf(onTest, testLabels) },
    balancedAccuracy: balancedAccuracy(onTest, testLabels, parts.classes.length),
    history: head.history,
  } as const
  return { parts, head, figures }
}

/** How features are opened for a head. */
export function featureOptions({ pool = 'none', memory, gramLimit, onNote, onProgress }: HeadOptions) {
  return { pool, memory, gramLimit, onNote, onProgress: onProgress && ((share: number) => onProgress('Gram matrix', share)) }
}

/** Refuses to choose λ on no images. */
export function checkValidation({ l2, validation = '0.1' }: HeadOptions): void {
  if (l2 === undefined && Number(validation) === 0)
    throw usageError('--validation', 'above 0 where the L2 is chosen on it', validation, 'Or give the L2 with --l2.')
}
