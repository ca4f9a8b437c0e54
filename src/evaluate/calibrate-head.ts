import { usageError } from '../base/errors.js'
import { type Matrix, matrix } from '../engine/gemm.js'
import { calibration, type Decision } from './calibration.js'
import { fitTemperature } from './fit-temperature.js'
import type { ResolvedHead } from './resolve-head.js'
import { labelsOf, type Split, targetsOf } from './split.js'
import { type TestAnswers, testAnswers } from './test-answers.js'
import { toAnswers } from './test-scores.js'
import type { HeadJob, HeadTrainer, TrainedHead } from './trained-head.js'

/** How a head's scores were made probabilities that keep what they promise. */
export type HeadCalibration = {
  /** Scores are divided by it before the softmax, or the sigmoid of several labels. */
  readonly temperature: number
  /** Validation images that it was fitted on, by a head that had not seen them. */
  readonly images: number
  /** Mean negative log-likelihood on them. */
  readonly loss: { readonly before: number; readonly after: number }
  /** Expected calibration error on the test part; before: null where the head gave no probabilities. */
  readonly error: { readonly before: number | null; readonly after: number }
}

/** A head to calibrate, and what is needed for it. */
export interface CalibrationJob {
  readonly job: HeadJob & { readonly options: ResolvedHead }
  readonly head: TrainedHead
  readonly train: HeadTrainer
  /** Of the test part, [test, C]. */
  readonly scores: Matrix
}

/**
 * Fits the temperature of a head on the validation part. Where the head was fitted again with that part, its twin from before that is
 * trained once more, with all that was chosen.
 *
 * @throws UserError without a validation part, and for votes of nearest neighbours, which have a temperature of their own.
 */
export async function calibrateHead({ job, head, train, scores }: CalibrationJob): Promise<HeadCalibration> {
  const { parts, options } = job
  const { validation } = parts
  if (options.solver === 'knn')
    throw usageError('--calibrate', 'without --solver knn', 'both', 'Its votes have a --temperature of their own.')
  if (validation.length === 0) throw usageError('--calibrate', 'with a validation part', '--validation 0')
  const hasSeen = head.samples.length > parts.train.length
  const unseen = hasSeen ? await train({ ...job, options: { ...options, ...head.chosen }, refit: false }) : head
  try {
    const held = await unseen.scores(validation)
    const isMulti = parts.targets !== undefined
    const targets = isMulti ? targetsOf(parts, validation) : undefined
    const { temperature, loss } = fitTemperature({ scores: held, labels: labelsOf(parts, validation), targets })
    const plain = testAnswers(scores, parts, options)
    const calibrated = calibratedAnswers(scores, parts, temperature)
    return {
      temperature,
      images: validation.length,
      loss,
      error: { before: plain.kind === 'probabilities' ? errorOf(plain, parts) : null, after: errorOf(calibrated, parts) },
    }
  } finally {
    if (unseen !== head) await unseen.close?.()
  }
}

/** Probabilities of a calibrated head: of scores that are no logits too. */
export function calibratedAnswers(scores: Matrix, parts: Pick<Split, 'targets'>, temperature: number): TestAnswers {
  const scaled = matrix(
    scores.rows,
    scores.columns,
    scores.data.map((score) => score / temperature),
  )
  const data = toAnswers(scaled, parts.targets ? 'sigmoid' : 'softmax')
  return { kind: 'probabilities', values: matrix(scores.rows, scores.columns, Float32Array.from(data)) }
}

/** ECE of the most probable class of each test image; of several labels of each label. */
function errorOf({ values: { data, columns } }: TestAnswers, parts: Split): number {
  const decisions: Decision[] = []
  if (parts.targets) {
    const targets = targetsOf(parts, parts.test)
    for (const [at, confidence] of data.entries()) decisions.push({ confidence, isRight: targets[at] === 1 })
    return calibration(decisions).error
  }
  for (const [row, label] of labelsOf(parts, parts.test).entries()) {
    const answers = data.subarray(row * columns, (row + 1) * columns)
    const confidence = answers.reduce((a, b) => Math.max(a, b))
    decisions.push({ confidence, isRight: answers.indexOf(confidence) === label })
  }
  return calibration(decisions).error
}
