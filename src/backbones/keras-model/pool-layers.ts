import { flatGlobalPoolStep, globalPoolStep, type Pooling, poolStep } from '../../graph/builder-pool.js'
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
    const step = setting(call.layer, 'keepdims', { as: flag, fallback: false }) ? globalPoolStep : flatGlobalPoolStep
    return step(kind, call.name, mapOf(call))
  }
}
