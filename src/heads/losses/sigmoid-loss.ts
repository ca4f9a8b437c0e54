import type { Matrix } from '../../engine/gemm.js'
import { argmaxRows } from '../argmax.js'
import { focused } from './focused.js'
import { type Loss, type LossOptions, tiny } from './loss.js'

export interface SigmoidLossOptions extends LossOptions {
  /** 1 where an output is true of a sample, else 0: [samples, outputs]. */
  readonly targets: Uint8Array
  readonly outputs: number
  /** Factor of an output where it is not true, default 1. */
  readonly falseWeight?: number | undefined
  /** Class of each sample where exactly one output is true of it: such a sample is right where that output is the largest. */
  readonly labels?: Int32Array | undefined
}

/**
 * Mean over the outputs of binary cross-entropy: ℓ = (1/C) Σ_c w_c (log(1 + e^z_c) − t_c z_c), ∂ℓ/∂z_c = w_c (p_c − t_c) / C.
 *
 * A sample is right where every output is: z > 0 exactly where it is true; but see `labels`. Class weights hold where the output is true.
 */
export function sigmoidLoss(options: SigmoidLossOptions): Loss {
  const { targets, outputs, labels, labelSmoothing = 0, classWeights, falseWeight = 1, focal = 0 } = options
  return {
    outputs,
    take(logits, samples) {
      const sums = { loss: 0, right: labels ? largestRight(logits, labels, samples) : 0 }
      samples.forEach((sample, row) => {
        let isRight = labels === undefined
        for (let c = 0; c < outputs; c++) {
          const at = row * outputs + c
          const truth = targets[sample * outputs + c] === 1
          if ((logits.data[at] as number) > 0 !== truth) isRight = false
          const weight = truth ? (classWeights?.[c] ?? 1) : falseWeight
          sums.loss +=
            (weight * takeOne(logits, at, { truth, focal, smoothing: labelSmoothing, factor: weight / (outputs * samples.length) })) /
            outputs
        }
        if (isRight) sums.right++
      })
      return sums
    },
  }
}

/** Samples whose class has the first of the largest logits. */
function largestRight(logits: Matrix, labels: Int32Array, samples: Int32Array): number {
  return argmaxRows(logits).reduce((right, top, row) => right + (top === labels[samples[row] ?? 0] ? 1 : 0), 0)
}

interface One {
  readonly truth: boolean
  readonly smoothing: number
  readonly focal: number
  readonly factor: number
}

/** Replaces a logit by its gradient; returns its loss. */
function takeOne(logits: Matrix, at: number, { truth, smoothing, focal, factor }: One): number {
  const z = logits.data[at] as number
  const target = (truth ? 1 : 0) * (1 - smoothing) + smoothing / 2
  const p = 1 / (1 + Math.exp(-z))
  const entropy = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z
  const { value, slope, turn } = focused(truth ? p : 1 - p, entropy, focal)
  const gradient = factor * (slope * (p - target) + turn * (p - (truth ? 1 : 0)))
  logits.data[at] = Math.abs(gradient) < tiny ? 0 : gradient
  return value
}
