import { UserError } from '../base/errors.js'
import { type Matrix, matrix } from '../engine/gemm.js'
import { argmaxRows } from '../heads/argmax.js'
import { l2Grid } from '../heads/choose-l2.js'
import { binaryCrossEntropy } from '../heads/convex/binary-cross-entropy.js'
import { crossEntropy } from '../heads/convex/cross-entropy.js'
import { parseHead } from '../heads/network/head-spec.js'
import { accuracyOf } from '../heads/score.js'
import { classWeightsOf } from './class-weights-of.js'
import { labelsOf, targetsOf } from './split.js'
import { type LinearTask, trainLinear } from './train-linear.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/** Trains a softmax or sigmoid head by L-BFGS, see `trainLinear`. */
export function trainSoftmax(job: HeadJob): Promise<TrainedHead> {
  const { output } = parseHead(job.options.head ?? 'softmax')
  return trainLinear(job, output === 'softmax' ? softmaxTask(job) : sigmoidTask(job))
}

function softmaxTask(job: HeadJob): LinearTask {
  const { parts, data, options } = job
  if (parts.targets)
    throw new UserError(
      `Expected one label for each image to train a softmax head, found images with several or none in ${data.labels}. Give each image one label, leave the others out, or use --head sigmoid.`,
    )
  const shape = { labelSmoothing: options.labelSmoothing, classWeights: classWeightsOf(job) }
  return { lossOf: (samples) => crossEntropy(labelsOf(parts, samples), parts.classes.length, shape), activation: 'softmax' }
}

/** An output for each class or label; of two classes one output, the second class. λ is against the mean over the outputs. */
function sigmoidTask(job: HeadJob): LinearTask {
  const { parts, options } = job
  const classes = parts.classes.length
  const { labelSmoothing } = options
  const classWeights = classWeightsOf(job)
  const grid = l2Grid.map((ratio) => ratio / classes)
  if (parts.targets)
    return {
      lossOf: (samples) => binaryCrossEntropy(targetsOf(parts, samples), classes, { labelSmoothing, classWeights }),
      activation: 'sigmoid',
      grid,
    }
  if (classes > 2)
    return {
      lossOf(samples) {
        const labels = labelsOf(parts, samples)
        const loss = binaryCrossEntropy(oneHot(labels, classes), classes, { labelSmoothing, classWeights })
        return { ...loss, accuracy: (z) => accuracyOf(argmaxRows(z), labels) }
      },
      activation: 'sigmoid',
      grid,
    }
  const [falseWeight, ...weights] = classWeights ?? []
  const shape = { labelSmoothing, falseWeight, classWeights: weights }
  return { lossOf: (samples) => binaryCrossEntropy(Uint8Array.from(labelsOf(parts, samples)), 1, shape), activation: 'sigmoid', toScores }
}

function oneHot(labels: Int32Array, classes: number): Uint8Array {
  const targets = new Uint8Array(labels.length * classes)
  for (const [row, label] of labels.entries()) targets[row * classes + label] = 1
  return targets
}

/** Scores of two classes from the second's logit z: softmax of [0, z] is the same probability. */
function toScores({ rows, data }: Matrix): Matrix {
  const scores = matrix(rows, 2)
  for (let row = 0; row < rows; row++) scores.data[2 * row + 1] = data[row] as number
  return scores
}
