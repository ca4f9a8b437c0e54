import { globalPoolStep, type Pooling, poolStep } from '../../graph/builder-pool.js'
import { node } from '../../graph/graph.js'
import { type LayerRule, mapOf, padding } from './layer-call.js'
import { flag, setting, sides } from './settings.js'

/** MaxPooling2D and AveragePooling2D. */
export function pooling2d(kind: Pooling): LayerRule {
  return (call) => {
    const kernel = setting(call.layer, 'pool_size', { as: sides, fallback: [2, 2] })
    const strides = setting(call.layer, 'strides', { as: sides, fallback: kernel })
    return poolStep(kind, call.name, mapOf(call), {
      kernel,
      strides,
      padding: setting(call.layer, 'padding', { as: padding, fallback: 'valid' }),
    })
  }
}

/** GlobalMaxPooling2D and GlobalAveragePooling2D. */
export function globalPooling2d(kind: Pooling): LayerRule {
  return (call) => {
    const x = mapOf(call)
    if (setting(call.layer, 'keepdims', { as: flag, fallback: false })) return globalPoolStep(kind, call.name, x)
    const map = globalPoolStep(kind, `${call.name}:map`, x)
    const flatten = node('Flatten', call.name, [`${call.name}:map`], { axis: { kind: 'int', value: 1 } })
    return { ...map, nodes: [...map.nodes, flatten], dims: [x.dims[0]] }
  }
}
