import type { Architecture } from './architecture.js'
import { convBlocks } from './conv-blocks.js'
import { inputRules } from './input-rules.js'

/**
 * A small network to be trained from scratch, seven 3 × 3 convolutions: 224 × 224 → 14 × 14 × 256.
 *
 * Nobody has trained it on anything: without a weight file its weights are random, those that Keras would begin with.
 */
export const cnn7: Architecture = {
  name: 'cnn7',
  version: '1.0.0',
  size: 224,
  smallest: 32,
  layer: 'block4_pool',
  input: inputRules.signed,
  weights: 'keras',
  untrained: true,
  build: (net) =>
    convBlocks(net, [
      [32, 2],
      [64, 2],
      [128, 2],
      [256, 1],
    ]),
}
