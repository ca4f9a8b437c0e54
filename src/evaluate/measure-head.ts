import { usageError } from '../base/errors.js'
import type { Pool } from '../cache/pool-codes.js'
import type { SoftmaxFit } from '../heads/fit-softmax.js'
import { accuracyOf } from '../heads/score.js'
import type { DataSet } from './data-set.js'
import { type Features, openFeatures } from './features.js'
import { fitHead, type HistoryEntry, predict } from './fit-head.js'
import { balancedAccuracy } from './metrics.js'
import { labelsOf, type Split, splitImages } from './split.js'

/** How a head is trained and measured. */
export interface MeasureHeadOptions {
  /** A view of the flat codes: as they are (default), or the mean or maximum over positions. */
  readonly pool?: Pool | undefined
  /** λ of loss = mean cross-entropy + λ‖W‖². Default: chosen on the validation part. */
  readonly l2?: number | undefined
  /** Share of each class's images that is for training, default '0.7'; a decimal, read exactly. */
  readonly split?: string | undefined
  /** Share of each class's train part that choices are made on, default '0.1'. */
  readonly validation?: string | undefined
  readonly seed?: number | undefined
  readonly gramLimit?: number | undefined
  readonly onProgress?: ((stage: string, share: number) => void) | undefined
  /** Told of trouble that does not stop the work. */
  readonly onNote?: ((text: string) => void) | undefined
}

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
  readonly solver: 'lbfgs'
  /** gram: trained through the Gram matrix; weight: through the codes. */
  readonly space: 'gram' | 'weight'
  readonly l2: number
  readonly seed: number
  /** The shares as they were given. */
  readonly split: { readonly train: string; readonly validation: string }
  /** Iterations of L-BFGS, all λ together. */
  readonly epochs: number
  /** Train: train and validation images together where λ was chosen on the latter; validation: before that; null without such a part. */
  readonly accuracy: { readonly train: number; readonly validation: number | null; readonly test: number }
  /** Mean recall of the classes on the test part. */
  readonly balancedAccuracy: number
  readonly history: readonly HistoryEntry[]
}

/** A trained head, what it was trained on, and its figures. */
export interface MeasuredHead {
  readonly features: Features
  readonly parts: Split
  readonly fit: SoftmaxFit
  /** Images that it was trained on. */
  readonly samples: Int32Array
  readonly figures: HeadFigures
}

/**
 * Trains a softmax head on a data set's codes and measures it on the test part.
 *
 * λ is chosen on the validation part, then the head is fitted again on train and validation together. The test part
 * takes part in no choice.
 *
 * @throws UserError where a class is too small for the split.
 */
export async function measureHead(data: DataSet, options: MeasureHeadOptions = {}): Promise<MeasuredHead> {
  const { pool = 'none', split = '0.7', validation = '0.1', seed = 0, l2 } = options
  checkValidation(options)
  const parts = splitImages(data.images, { split, validation, seed })
  const onProgress = options.onProgress && ((share: number) => options.onProgress?.('Gram matrix', share))
  const features = await openFeatures(data, { pool, gramLimit: options.gramLimit, onNote: options.onNote, onProgress })
  const { fit, samples, epochs, history, validation: validated } = await fitHead(features, parts, l2)
  const onTest = await predict(features, fit, parts.test, samples)
  const testLabels = labelsOf(parts, parts.test)
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
    codeLength: features.codeLength,
    head: 'softmax',
    solver: 'lbfgs',
    space: features.kind,
    l2: fit.l2,
    seed,
    split: { train: split, validation },
    epochs,
    accuracy: { train: fit.accuracy, validation: validated, test: accuracyOf(onTest, testLabels) },
    balancedAccuracy: balancedAccuracy(onTest, testLabels, parts.classes.length),
    history,
  } as const
  return { features, parts, fit, samples, figures }
}

/** Refuses to choose λ on no images. */
export function checkValidation({ l2, validation = '0.1' }: MeasureHeadOptions): void {
  if (l2 === undefined && Number(validation) === 0)
    throw usageError('--validation', 'above 0 where the L2 is chosen on it', validation, 'Or give the L2 with --l2.')
}
