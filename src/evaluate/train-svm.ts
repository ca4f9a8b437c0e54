import { squaredHinge } from '../heads/convex/squared-hinge.js'
import { classWeightsOf } from './class-weights-of.js'
import { labelsOf } from './split.js'
import { trainLinear } from './train-linear.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/**
 * Strong to weak, in units of the codes' scale.
 *
 * Caltech-101, EfficientNet-Lite0, pooled: 3e-4 … 1e-5 are within half a point of one another.
 */
const grid: readonly number[] = [1e-1, 1e-2, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5]

/**
 * Trains a linear support vector machine, one class against the rest with squared hinge (LIBLINEAR's L2-loss), by L-BFGS; λ as in
 * `trainLinear`. scikit-learn's LinearSVC has C = 1 / (2 n λ), and a penalty on its bias, which is free here.
 */
export function trainSvm(job: HeadJob): Promise<TrainedHead> {
  const { parts } = job
  const classWeights = classWeightsOf(job)
  const lossOf = (samples: Int32Array) => squaredHinge(labelsOf(parts, samples), parts.classes.length, { classWeights })
  return trainLinear(job, { lossOf, activation: 'linear', grid })
}
