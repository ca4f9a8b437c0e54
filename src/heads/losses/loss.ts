import type { Matrix } from '../../engine/gemm.js'

/** Sums over the samples of a batch. */
export interface BatchLoss {
  readonly loss: number
  /** Samples that are predicted right. */
  readonly right: number
}

/** What training makes small. */
export interface Loss {
  /** Logits of a sample. */
  readonly outputs: number
  /** Turns the logits [n, outputs] of samples into ∂(mean loss)/∂logits, in place. */
  take(logits: Matrix, samples: Int32Array): BatchLoss
}

/** How a loss is shaped; Keras 3's definitions. */
export interface LossOptions {
  /** ε: targets are 1 − ε + ε / C and ε / C (softmax), or 1 − ε / 2 and ε / 2 (sigmoid); default 0. */
  readonly labelSmoothing?: number | undefined
  /** Factor of each class's samples; default 1. The mean is still over the number of samples. */
  readonly classWeights?: readonly number[] | undefined
  /** γ of focal loss, (1 − p)^γ · cross-entropy with p the probability of the truth; default 0. Source: Lin et al. (2017). */
  readonly focal?: number | undefined
}

/** Gradients below it count as zero: their products would be denormals, which are slow. */
export const tiny = 1e-20
