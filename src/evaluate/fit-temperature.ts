import type { Matrix } from '../engine/gemm.js'

/** Scores [n, C] and what they should say. */
export interface ScoredSamples {
  readonly scores: Matrix
  /** Of one class each: its number, [n]. */
  readonly labels: ArrayLike<number>
  /** Of several labels each: 1 where it holds, [n × C]; undefined where each has one class. */
  readonly targets?: Uint8Array | undefined
}

/** The temperature that suits scores, and the mean loss before and after. */
export interface FittedTemperature {
  readonly temperature: number
  /** Mean negative log-likelihood of an answer at temperature 1, and at this one. */
  readonly loss: { readonly before: number; readonly after: number }
}

/** Scores that tell classes apart without an error would have it go to 0, and noise to infinity. */
const [least, most] = [0.01, 10]
const steps = 60

/**
 * The T for which softmax(z / T), or σ(z / T) of several labels, is most likely on samples that the head has not seen: the order of
 * classes stays, only how sure it is changes. Found in β = 1 / T, in which the loss is convex, by halving the interval where its slope
 * changes sign: ∂/∂β mean(log Σ_c exp(β z_c) − β z_y) = mean(E_p[z] − z_y). From 0.01 (scores of ridge lie within 0 and 1) to 10.
 *
 * Source: Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", section 4.2.
 */
export function fitTemperature(samples: ScoredSamples): FittedTemperature {
  let [low, high] = [1 / most, 1 / least]
  for (let step = 0; step < steps; step++) {
    const middle = Math.sqrt(low * high)
    if (atTemperature(samples, middle).slope < 0) low = middle
    else high = middle
  }
  const beta = Math.sqrt(low * high)
  return { temperature: 1 / beta, loss: { before: atTemperature(samples, 1).loss, after: atTemperature(samples, beta).loss } }
}

interface LossAtTemperature {
  readonly loss: number
  /** ∂loss/∂β */
  readonly slope: number
}

function atTemperature(samples: ScoredSamples, beta: number): LossAtTemperature {
  const { scores, targets } = samples
  const sum = targets ? sigmoidSums(scores, targets, beta) : softmaxSums(samples, beta)
  const answers = targets ? scores.data.length : scores.rows
  return { loss: sum.loss / answers, slope: sum.slope / answers }
}

function softmaxSums({ scores: { data, rows, columns }, labels }: ScoredSamples, beta: number): LossAtTemperature {
  let [loss, slope] = [0, 0]
  for (let row = 0; row < rows; row++) {
    const z = data.subarray(row * columns, (row + 1) * columns)
    const own = z[labels[row] as number] as number
    const top = z.reduce((a, b) => Math.max(a, b))
    let [total, mean] = [0, 0]
    for (const value of z) {
      const weight = Math.exp(beta * (value - top))
      total += weight
      if (weight > 0) mean += weight * value
    }
    loss += Math.log(total) + beta * (top - own)
    slope += mean / total - own
  }
  return { loss, slope }
}

/** Of each label: log(1 + exp(β z)) − t β z. */
function sigmoidSums({ data }: Matrix, targets: Uint8Array, beta: number): LossAtTemperature {
  let [loss, slope] = [0, 0]
  for (const [at, z] of data.entries()) {
    const target = targets[at] as number
    const scaled = beta * z
    loss += Math.max(scaled, 0) + Math.log1p(Math.exp(-Math.abs(scaled))) - target * scaled
    slope += (1 / (1 + Math.exp(-scaled)) - target) * z
  }
  return { loss, slope }
}
