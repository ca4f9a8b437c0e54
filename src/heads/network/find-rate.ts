import type { Loss } from '../losses/loss.js'
import type { CodeSource } from './code-window.js'
import { type Penalty, pairs, trainBatches } from './run-epoch.js'
import type { Trainable } from './trainable.js'

/** The smoothed loss after a step at a learning rate. */
export interface RatePoint {
  readonly lr: number
  readonly loss: number
}

export interface FindRateOptions {
  readonly train: CodeSource
  readonly loss: Loss
  readonly batch: number
  readonly seed: number
  readonly penalty: Penalty
  /** First and last rate, default 1e-7 and 10. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Steps at most, default 100. */
  readonly steps?: number | undefined
}

/** Share of the older losses in the smoothed one, and how far above its best it may come: fast.ai's. */
const [smoothing, explosion] = [0.98, 4]

/**
 * Trains with a rate that grows from step to step, and tells the smoothed loss of each: until it explodes, or the steps are taken.
 *
 * Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017); fast.ai's lr_find. The network is of no more use.
 */
export async function findRate(network: Trainable, options: FindRateOptions): Promise<RatePoint[]> {
  const { train, loss, batch, seed, penalty, from = 1e-7, to = 10, steps = 100 } = options
  const points: RatePoint[] = []
  let [mean, best] = [0, Number.POSITIVE_INFINITY]
  for (let epoch = 0; points.length < steps; epoch++) {
    for await (const window of train.windows(epoch)) {
      await network.load('train', window)
      for (const [now, next] of pairs(trainBatches(window, { batch, seed }, points.length))) {
        const number = points.length + 1
        const lr = from * (to / from) ** ((number - 1) / (steps - 1))
        let met = 0
        const take = (logits: Parameters<Loss['take']>[0]) => {
          met = loss.take(logits, now.samples).loss / now.samples.length
        }
        await network.step(now, take, { settings: [{ ...penalty, rate: lr }], number, next, clipNorm: penalty.clipNorm })
        mean = smoothing * mean + (1 - smoothing) * met
        const smooth = mean / (1 - smoothing ** number)
        if (!Number.isFinite(smooth)) return points
        points.push({ lr, loss: smooth })
        best = Math.min(best, smooth)
        if (smooth > explosion * best || points.length === steps) return points
      }
    }
  }
  return points
}

/**
 * The rate two thirds into the longest descent of the loss. Source: how fast.ai describes "valley", its default (its code goes half of the way).
 *
 * Undefined where the loss never falls.
 */
export function suggestRate(points: readonly RatePoint[]): number | undefined {
  const lengths = points.map(() => 1)
  const starts = points.map((_, at) => at)
  for (let i = 1; i < points.length; i++) {
    for (let j = 0; j < i; j++) {
      const falls = (points[j]?.loss ?? 0) > (points[i]?.loss ?? 0)
      if (falls && (lengths[i] ?? 0) < (lengths[j] ?? 0) + 1) {
        lengths[i] = (lengths[j] ?? 0) + 1
        starts[i] = starts[j] ?? j
      }
    }
  }
  const end = lengths.indexOf(Math.max(...lengths))
  const start = starts[end] ?? end
  return end === start ? undefined : points[start + Math.floor(((end - start) * 2) / 3)]?.lr
}
