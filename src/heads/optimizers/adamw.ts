import { adam } from './adam.js'
import type { Optimizer } from './optimizer.js'

/** Adam with decoupled weight decay, on every weight, biases too. Source: Keras 3, AdamW. */
export function adamw({ decay = 0.004 }: { readonly decay?: number | undefined } = {}): Optimizer {
  return adam({ decay })
}
