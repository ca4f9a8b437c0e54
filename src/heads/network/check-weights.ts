import { UserError } from '../../base/errors.js'
import type { Optimizer } from '../optimizers/optimizer.js'

/** What a WebAssembly memory holds: a dense layer, or a thread's share of it, lies in one. */
const most = 2 ** 32

export interface DenseSize {
  readonly inputs: number
  readonly units: number
  /** Inputs whose gradient is made at once, default few. */
  readonly tile?: number
}

/** @throws UserError where a dense layer's weights, their gradient and optimizer state are too large for a memory. */
export function checkWeights({ inputs, units, tile = 0 }: DenseSize, { state }: Optimizer): void {
  const bytes = 4 * units * (inputs * (1 + state.length) + tile)
  if (bytes < most) return
  throw new UserError(
    `Expected the weights of a dense layer, their gradient and their optimizer's state to take less than 4 GiB in a thread, got ${(bytes / 2 ** 30).toFixed(1)} GiB for ${inputs} × ${units}. Choose fewer units, a pooled view such as --pool avg, or --solver sgd, which keeps no state.`,
  )
}
