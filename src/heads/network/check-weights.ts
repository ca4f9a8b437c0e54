import { UserError } from '../../base/errors.js'
import type { Optimizer } from '../optimizers/optimizer.js'

/** What a WebAssembly memory holds: a dense layer, or a thread's share of it, lies in one. */
const most = 2 ** 32

/** @throws UserError where a dense layer's weights and their optimizer state are too large for a memory. */
export function checkWeights(inputs: number, units: number, { state }: Optimizer): void {
  const bytes = 4 * inputs * units * (1 + state.length)
  if (bytes < most) return
  throw new UserError(
    `Expected the weights of a dense layer and their optimizer's state to take less than 4 GiB in a thread, got ${(bytes / 2 ** 30).toFixed(1)} GiB for ${inputs} × ${units}. Choose fewer units, a pooled view such as --pool avg, or --solver sgd, which keeps no state.`,
  )
}
