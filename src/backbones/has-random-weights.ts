import { architectures } from './architectures.js'
import type { BackboneOptions } from './backbone.js'

/** Whether the network that `--model` means gets random weights: because they are asked for, or because it has no others. */
export function hasRandomWeights(model: string, { weights }: Pick<BackboneOptions, 'weights'>): boolean {
  return weights === 'random' || (weights === undefined && architectures.get(model)?.untrained === true)
}
