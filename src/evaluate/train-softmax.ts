import type { Matrix } from '../engine/gemm.js'
import { argmaxRows } from '../heads/argmax.js'
import { l2Grid } from '../heads/choose-l2.js'
import { binaryCrossEntropy } from '../heads/convex/binary-cross-entropy.js'
import { crossEntropy } from '../heads/convex/cross-entropy.js'
import { parseHead } from '../heads/network/head-spec.js'
import { accuracyOf } from '../heads/score.js'
import { classWeightsOf } from './class-weights-of.js'
import { bothClasses, oneHot } from './loss-of.js'
import { labelsOf, targetsOf } from './split.js'
import { type LinearTask, trainLinear } from './train-linear.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/** Trains a softmax or sigmoid head by L-BFGS, see `trainLinear`. */
export function trainSoftmax(job: HeadJob): Promise<TrainedHead> {
  const { output } = parseHead(job.options.head ?? 'softmax')
  return trainLinear(job, output === 'softmax' ? softmaxTask(job) : sigmoidTask(job))
}

function softmaxTask(job: HeadJob): LinearTask {
  const { parts, options } = job
  const shape = { labelSmoothing: options.labelSmoothing, classWeights: classWeightsOf(job) }
  return { lossOf: (samples) => crossEntropy(labelsOf(parts, samples), parts.classes.length, shape), activation: 'softmax' }
}

/** An output for each class or label; of two classes one output, the second class. λ is against the mean over the outputs. */
function sigmoidTask(job: HeadJob): LinearTask {
  const { parts, options } = job
  const outputs = parts.classes.length
  const classWeights = classWeightsOf(job)
  const shape = { labelSmoothing: options.labelSmoothing, classWeights }
  const common = { activation: 'sigmoid', grid: l2Grid.map((ratio) => ratio / outputs) } as const
  if (parts.targets) return { ...common, lossOf: (samples) => binaryCrossEntropy(targetsOf(parts, samples), outputs, shape) }
  if (outputs === 2) {
    const [falseWeight, ...trueWeights] = classWeights ?? []
    const of = { ...shape, classWeights: trueWeights, falseWeight }
    const lossOf = (samples: Int32Array) => binaryCrossEntropy(Uint8Array.from(labelsOf(parts, samples)), 1, of)
    return { lossOf, activation: 'sigmoid', toScores: bothClasses }
  }
  const lossOf = (samples: Int32Array) => {
    const labels = labelsOf(parts, samples)
    const loss = binaryCrossEntropy(oneHot(labels, outputs), outputs, shape)
    return { ...loss, accuracy: (z: Matrix) => accuracyOf(argmaxRows(z), labels) }
  }
  return { ...common, lossOf }
}
