import type { GraphBuilder } from '../../graph/builder.js'
import { perChannel } from '../../graph/builder-constant.js'
import type { AnyValue, Layer, Step, WeightSlot } from '../../graph/builder-layer.js'
import { identityStep } from '../../graph/builder-shape.js'
import { Unconvertible } from '../unconvertible.js'
import { functionRule } from './function-layers.js'
import { type LayerCall, tensorsOf } from './layer-call.js'
import { layerRules } from './layer-rules.js'
import { snakeCase } from './snake-case.js'
import { isReference, type KerasLayer, type KerasModel, type Reference, titleOf } from './topology.js'

/** A model that is being converted. */
export interface Conversion {
  readonly net: GraphBuilder
  /** Keras' major version, where layers differ. */
  readonly keras: 2 | 3
  /** Layers with weights by their path: the names of the models around a layer, and its own, as in inner/conv1. */
  readonly weighted: Map<string, Layer>
}

/** Where a model is inside others: what the names of its nodes, and the paths of its layers, begin with. */
interface Place {
  readonly names: string
  readonly paths: string
}

/**
 * Adds all layers of a model to the graph.
 *
 * Each call of a layer becomes a node of the layer's name, or of NAME:1, NAME:2, … where the layer is used again. Layers
 * inside a model inside the model come as MODEL/LAYER, and the model's own name finds its first output.
 *
 * @param inputs as many as the model has.
 * @returns the model's outputs.
 */
export function addModel(
  conversion: Conversion,
  model: KerasModel,
  inputs: readonly AnyValue[],
  place: Place = { names: '', paths: '' },
): readonly AnyValue[] {
  const values = new Map(model.inputs.map((input, at) => [keyOf(input), inputs[at]]))
  const found = (reference: Reference) => values.get(keyOf(reference))
  let waiting = model.layers.flatMap((layer) => layer.calls.map((call, at) => ({ layer, call, at })))
  while (waiting.length > 0) {
    const left = waiting.filter(({ layer, call, at }) => {
      const operands = call.operands.map((operand) => (isReference(operand) ? found(operand) : perChannel(operand)))
      if (!operands.every((operand) => operand !== undefined)) return true
      const outputs = addCall(conversion, { layer, operands, given: call.given }, { at, place })
      for (const [output, value] of outputs.entries()) values.set(keyOf({ layer: layer.name, call: at, output }), value)
      return false
    })
    if (left.length === waiting.length) throw unreachable(left.map(({ layer }) => layer))
    waiting = left
  }
  return model.outputs.map((output) => {
    const value = found(output)
    if (value) return value
    throw new Unconvertible(`an output of layer "${output.layer}" that nothing computes`)
  })
}

function unreachable(layers: readonly KerasLayer[]): Unconvertible {
  return new Unconvertible(`${layers.slice(0, 3).map(titleOf).join(', ')} on tensors that nothing computes`)
}

function keyOf({ layer, call, output }: Reference): string {
  return JSON.stringify([layer, call, output])
}

/** What a layer's call gives: one tensor, or all outputs of a model. */
function addCall(
  conversion: Conversion,
  of: Pick<LayerCall, 'layer' | 'operands' | 'given'>,
  { at, place }: { readonly at: number; readonly place: Place },
): readonly AnyValue[] {
  const { layer } = of
  const path = `${place.paths}${layer.name}`
  const call: LayerCall = { ...of, name: `${place.names}${layer.name}${at === 0 ? '' : `:${at}`}`, keras: conversion.keras }
  return layer.inner ? addInner(conversion, call, { inner: layer.inner, path }) : [addLayer(conversion, call, path)]
}

function addInner(
  conversion: Conversion,
  call: LayerCall,
  { inner, path }: { readonly inner: KerasModel; readonly path: string },
): readonly AnyValue[] {
  const inputs = tensorsOf(call)
  if (inputs.length !== inner.inputs.length)
    throw new Unconvertible(`${titleOf(call.layer)} on ${inputs.length} tensors in place of ${inner.inputs.length}`)
  const [first, ...others] = addModel(conversion, inner, inputs, { names: `${call.name}/`, paths: `${path}/` })
  if (!first) return []
  return [conversion.net.addStep(snakeCase(call.layer.className), call.name, identityStep(call.name, first)), ...others]
}

function addLayer({ net, weighted }: Conversion, call: LayerCall, path: string): AnyValue {
  const rule = layerRules.get(call.layer.className) ?? functionRule(call.layer)
  if (!rule) throw new Unconvertible(`${titleOf(call.layer)}, which this program does not know`)
  const first = weighted.get(path)
  const step = rule(call)
  const value = net.addStep(snakeCase(call.layer.className), call.name, first ? sharing(step, first.weights) : step)
  const added = net.layers.at(-1)
  if (!first && added && added.weights.length > 0) weighted.set(path, added)
  return value
}

/** A step that takes the weights of the layer's first call. */
function sharing(step: Step<readonly number[]>, first: readonly WeightSlot[]): Step<readonly number[]> {
  const names = new Map((step.weights ?? []).map(({ tensor }, at) => [tensor, first[at]?.tensor ?? tensor]))
  const nodes = step.nodes.map((node) => ({ ...node, inputs: node.inputs.map((input) => names.get(input) ?? input) }))
  return { ...step, nodes, weights: [] }
}
