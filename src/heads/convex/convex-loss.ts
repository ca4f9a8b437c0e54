import type { Floats } from '../../base/floats.js'
import type { Matrix } from '../../engine/gemm.js'
import type { LinePoint } from '../line-search.js'
import type { Score } from '../score.js'

/** A convex loss of the logits of some samples, with their truth: what `LinearSolver` makes small. */
export interface ConvexLoss {
  /** Logits of a sample. */
  readonly outputs: number
  /** What no logits go below. */
  readonly floor: number
  /** A good bias where all weights are zero, [outputs]. */
  readonly bias: readonly number[]
  /** The loss at the logits z + t·d, [n, outputs], and its first two derivatives by t; `residual` receives ∂loss/∂logits there. */
  along(z: Matrix, d: Floats, t: number, residual: Floats): LinePoint
  /** Share of the samples that these logits predict right. */
  accuracy(z: Matrix): number
}

/** How a loss is shaped; Keras 3's definitions. */
export interface ConvexLossOptions {
  /** ε: targets are 1 − ε + ε / C and ε / C (softmax), or 1 − ε / 2 and ε / 2 (sigmoid); default 0. */
  readonly labelSmoothing?: number | undefined
  /** Factor of each class's samples (softmax), or of each output where it is true (the others); default 1. Means stay over all samples. */
  readonly classWeights?: readonly number[] | undefined
}

/** How well logits do by a loss: its value and the accuracy. */
export function scoreBy(loss: ConvexLoss, z: Matrix): Score {
  const unused = new Float32Array(z.rows * z.columns)
  return { accuracy: loss.accuracy(z), loss: loss.along(z, unused, 0, unused.slice()).value }
}
