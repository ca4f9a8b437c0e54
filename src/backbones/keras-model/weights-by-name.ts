import type { StateDict, WeightTensor } from '../../weights/weights.js'
import type { FoundWeights } from './found-weights.js'

/**
 * Weights of tfjs, which go by LAYER/WEIGHT, with the names of models around the layer before it or without them.
 *
 * Depthwise kernels are `depthwise_kernel` in Keras 2 and tfjs, `kernel` in Keras 3.
 */
export function weightsByName(tensors: StateDict): FoundWeights {
  const named = [...tensors.values()].map((tensor) => ({ tensor, name: tensor.name.replace(/:\d+$/, '') }))
  const byName = new Map(named.map(({ tensor, name }) => [name, tensor]))
  const find = (path: string, weight: string): WeightTensor | undefined => {
    const parts = `${path}/${weight}`.split('/')
    const exact = parts.slice(0, -1).flatMap((_, at) => byName.get(parts.slice(at).join('/')) ?? [])
    if (exact[0]) return exact[0]
    const [only, ...others] = named.filter(({ name }) => name.endsWith(`/${parts.slice(-2).join('/')}`))
    return others.length === 0 ? only?.tensor : undefined
  }
  return (path, { kind, weights }) =>
    weights.map(({ name }) => find(path, name) ?? (kind === 'depthwise_conv2d' ? find(path, `depthwise_${name}`) : undefined))
}
