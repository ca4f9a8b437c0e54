import type { LinearHead } from '../heads/linear-head.js'
import type { Features } from './features.js'
import type { TrainedHead } from './trained-head.js'

/** What turns logits into what a head says: probabilities, or margins (linear). */
export type OutputActivation = 'softmax' | 'sigmoid' | 'linear'

/** What is common to linear heads that were trained on `samples`: where they live, their scores, and their layer. */
export function linearParts(
  features: Features,
  head: LinearHead,
  samples: Int32Array,
  activation: OutputActivation = 'softmax',
): Pick<TrainedHead, 'space' | 'scores' | 'layers'> {
  return {
    space: features.kind,
    scores: async (others) => (await features.scorer(others, samples))(head),
    layers: async () => {
      const kernel = await features.weights(head, samples)
      const bias = Float32Array.from(head.bias)
      const tensors = { kernel: { shape: [kernel.rows, kernel.columns], data: kernel.data }, bias: { shape: [bias.length], data: bias } }
      return [{ type: 'dense', settings: { activation }, tensors }]
    },
  }
}
