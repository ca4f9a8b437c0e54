import { type Matrix, matrix } from '../../engine/gemm.js'
import { chooseL2 } from '../../heads/choose-l2.js'
import { crossEntropy } from '../../heads/convex/cross-entropy.js'
import { fitLinear } from '../../heads/fit-linear.js'
import type { Features } from '../features.js'
import { toAnswers } from '../test-scores.js'

export interface OutOfFoldTask {
  /** Class of each sample, [n]. */
  readonly labels: Int32Array
  readonly classes: number
  /** Fold of each sample, [n], −1 for those that take no part. */
  readonly fold: Int32Array
  readonly folds: number
  /** λ in units of the codes' mean squared norm; undefined: chosen by accuracy on the first fold. */
  readonly l2?: number | undefined
  /** Told after each fold. */
  readonly onFold?: ((done: number) => void) | undefined
}

export interface OutOfFold {
  /** Of each sample by the head that has not seen its fold, [n, C]; rows of zeros for those that took no part. */
  readonly probabilities: Matrix
  /** λ in units of the codes' mean squared norm. */
  readonly l2: number
}

/** Part of the objective that may be left to gain: ranks are the same as at a tenth of it, in half the steps. */
const tolerance = 0.1

/** Probabilities of every sample by a softmax head that was trained, by L-BFGS, without the sample's fold. */
export async function outOfFold(features: Features, task: OutOfFoldTask): Promise<OutOfFold> {
  const { classes, fold, folds, labels } = task
  const probabilities = matrix(fold.length, classes)
  let { l2 } = task
  for (let number = 0; number < folds; number++) {
    const own = samplesWhere(fold, (of) => of === number)
    const train = samplesWhere(fold, (of) => of !== number && of >= 0)
    const [space, logits] = [await features.space(train), await features.scorer(own, train)]
    const lossOf = (samples: Int32Array) =>
      crossEntropy(
        samples.map((sample) => labels[sample] ?? 0),
        classes,
      )
    l2 ??= (await chooseL2(space, lossOf(train), { logits, loss: lossOf(own) })).l2 / space.scale
    const head = await fitLinear(space, lossOf(train), { l2: l2 * space.scale, tolerance })
    const answers = toAnswers(await logits(head), 'softmax')
    own.forEach((sample, at) => {
      probabilities.data.set(answers.subarray(at * classes, (at + 1) * classes), sample * classes)
    })
    task.onFold?.(number + 1)
  }
  return { probabilities, l2: l2 ?? 0 }
}

function samplesWhere(fold: Int32Array, isWanted: (fold: number) => boolean): Int32Array {
  return Int32Array.from(fold.keys()).filter((sample) => isWanted(fold[sample] ?? -1))
}
