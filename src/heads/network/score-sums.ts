import type { BatchLoss } from '../losses/loss.js'
import type { EpochScore } from './run-epoch.js'

/** Losses and right predictions of settings, summed over batches. */
export class ScoreSums {
  readonly #sums: { loss: number; right: number }[]

  constructor(settings: number) {
    this.#sums = Array.from({ length: settings }, () => ({ loss: 0, right: 0 }))
  }

  add(met: readonly BatchLoss[]): void {
    for (const [at, sum] of this.#sums.entries()) {
      sum.loss += met[at]?.loss ?? 0
      sum.right += met[at]?.right ?? 0
    }
  }

  means(samples: number): EpochScore[] {
    return this.#sums.map(({ loss, right }) => ({ loss: loss / samples, accuracy: right / samples }))
  }
}
