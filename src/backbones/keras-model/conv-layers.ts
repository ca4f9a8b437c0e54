import { activated } from '../../graph/builder-activation.js'
import { convStep, type DepthwiseOptions, depthwiseStep, separableStep } from '../../graph/builder-conv.js'
import { denseStep } from '../../graph/builder-dense.js'
import type { Step } from '../../graph/builder-layer.js'
import { activationOf, type LayerCall, type LayerRule, mapOf, padding, tensorOf } from './layer-call.js'
import { count, flag, setting, sides } from './settings.js'
import type { KerasLayer } from './topology.js'

export const conv2d: LayerRule = (call) => {
  const groups = setting(call.layer, 'groups', { as: count, fallback: 1 })
  return withActivation(call, convStep('keras', call.name, mapOf(call), { ...windowOf(call.layer), ...filtersOf(call.layer), groups }))
}

export const depthwiseConv2d: LayerRule = (call) =>
  withActivation(call, depthwiseStep('keras', call.name, mapOf(call), { ...windowOf(call.layer), ...multiplierOf(call.layer) }))

export const separableConv2d: LayerRule = (call) => {
  const options = { ...windowOf(call.layer), ...multiplierOf(call.layer), ...filtersOf(call.layer) }
  return withActivation(call, separableStep('keras', call.name, mapOf(call), options))
}

export const dense: LayerRule = (call) => {
  const units = setting(call.layer, 'units', { as: count })
  const bias = setting(call.layer, 'use_bias', { as: flag, fallback: true })
  return withActivation(call, denseStep(call.name, tensorOf(call), { units, bias }))
}

function withActivation(call: LayerCall, step: Step<readonly number[]>): Step<readonly number[]> {
  return activated(call.name, step, activationOf(call))
}

function windowOf(layer: KerasLayer): DepthwiseOptions {
  return {
    kernel: setting(layer, 'kernel_size', { as: sides }),
    strides: setting(layer, 'strides', { as: sides, fallback: [1, 1] }),
    dilations: setting(layer, 'dilation_rate', { as: sides, fallback: [1, 1] }),
    padding: setting(layer, 'padding', { as: padding, fallback: 'valid' }),
    bias: setting(layer, 'use_bias', { as: flag, fallback: true }),
  }
}

function filtersOf(layer: KerasLayer) {
  return { filters: setting(layer, 'filters', { as: count }) }
}

function multiplierOf(layer: KerasLayer) {
  return { multiplier: setting(layer, 'depth_multiplier', { as: count, fallback: 1 }) }
}
