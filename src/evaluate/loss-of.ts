import { type Matrix, matrix } from '../engine/gemm.js'
import type { Loss } from '../heads/losses/loss.js'
import { sigmoidLoss } from '../heads/losses/sigmoid-loss.js'
import { softmaxLoss } from '../heads/losses/softmax-loss.js'
import type { HeadSpec } from '../heads/network/head-spec.js'
import { classWeightsOf } from './class-weights-of.js'
import type { HeadOptions } from './head-options.js'
import type { Split } from './split.js'

/**
 * The loss of a head: softmax for one class of many; sigmoid for labels that are true or not each. Of two classes one output tells: it is
 * true of the second.
 */
export function lossOf({ output }: Pick<HeadSpec, 'output'>, parts: Split, options: HeadOptions): Loss {
  const { labels, classes, targets } = parts
  const { focal, labelSmoothing } = options
  const classWeights = classWeightsOf({ parts, options })
  const shape = { focal, labelSmoothing, classWeights }
  if (output === 'softmax') return softmaxLoss({ labels, classes: classes.length, ...shape })
  if (targets) return sigmoidLoss({ targets, outputs: classes.length, ...shape })
  if (classes.length === 2) {
    const [falseWeight, ...trueWeights] = classWeights ?? []
    return sigmoidLoss({ targets: Uint8Array.from(labels), outputs: 1, ...shape, classWeights: trueWeights, falseWeight })
  }
  return sigmoidLoss({ targets: oneHot(labels, classes.length), outputs: classes.length, labels, ...shape })
}

/** Scores of two classes [n, 2] from the one output that tells them [n, 1]: the first class has 0. */
export function bothClasses({ rows, columns, data }: Matrix): Matrix {
  const scores = matrix(rows, 2)
  for (let row = 0; row < rows; row++) scores.data[2 * row + 1] = data[row * columns] as number
  return scores
}

/** [samples, classes] */
export function oneHot(labels: Int32Array, classes: number): Uint8Array {
  const targets = new Uint8Array(labels.length * classes)
  labels.forEach((label, sample) => {
    targets[sample * classes + label] = 1
  })
  return targets
}
