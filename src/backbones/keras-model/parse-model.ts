import { type Fields, fieldsOf, itemsOf } from '../../base/json.js'
import { Unconvertible } from '../unconvertible.js'
import { parseCalls, parseReferences } from './parse-calls.js'
import { isReference, type KerasLayer, type KerasModel, type Operand, type Reference } from './topology.js'

const functional = new Set(['Functional', 'Model'])
const deepest = 16

/**
 * Reads { class_name, config } of a Sequential or Functional model, as Keras 2, Keras 3 and tfjs write it.
 *
 * @throws Unconvertible when it is none, or a part of it is missing.
 */
export function parseModel(json: unknown, depth = 0): KerasModel {
  const { class_name: className, config, build_config: built } = fieldsOf(json)
  if (depth > deepest) throw new Unconvertible(`models inside each other more than ${deepest} deep`)
  if (className === 'Sequential') return sequential(config, fieldsOf(built), depth)
  if (typeof className === 'string' && functional.has(className)) return withShiftedCalls(graphOf(fieldsOf(config), depth))
  throw new Unconvertible(`a model of class ${JSON.stringify(className) ?? 'unknown'}, which only its own code can build`)
}

function graphOf(config: Fields, depth: number): KerasModel {
  const layers = itemsOf(config.layers).map((layer) => parseLayer(layer, depth))
  const names = new Set(layers.map(({ name }) => name))
  if (names.size < layers.length) throw new Unconvertible('two layers of one name')
  const [inputs, outputs] = [parseReferences(config.input_layers), parseReferences(config.output_layers)]
  if (inputs.length === 0 || outputs.length === 0) throw new Unconvertible('a model without inputs or outputs')
  return { name: textOf(config.name), layers, inputs, outputs }
}

function parseLayer(json: unknown, depth: number): KerasLayer {
  const { class_name: className, config, name, inbound_nodes: calls } = fieldsOf(json)
  const fields = fieldsOf(config)
  const isModel = className === 'Sequential' || (typeof className === 'string' && functional.has(className))
  return {
    name: textOf(name) || textOf(fields.name),
    className: textOf(className),
    config: fields,
    calls: parseCalls(calls),
    inner: isModel ? parseModel(json, depth + 1) : undefined,
  }
}

/** Each layer is called once, on the one before it. An input comes first, whether the configuration has one or not. */
function sequential(config: unknown, built: Fields, depth: number): KerasModel {
  const fields = fieldsOf(config)
  const given = itemsOf(Array.isArray(config) ? config : fields.layers).map((layer) => parseLayer(layer, depth))
  const isInput = given[0]?.className === 'InputLayer'
  const shape = statedShape(given[0]?.config ?? {}) ?? fields.build_input_shape ?? built.input_shape
  const input: KerasLayer = { name: ':input', className: 'InputLayer', config: { batch_shape: shape }, calls: [], inner: undefined }
  const layers = isInput ? given : [input, ...given]
  const to = (at: number): Reference => ({ layer: layers[at]?.name ?? '', call: 0, output: 0 })
  return {
    name: textOf(fields.name),
    layers: layers.map((layer, at) => (at === 0 ? layer : { ...layer, calls: [{ operands: [to(at - 1)], given: undefined }] })),
    inputs: [to(0)],
    outputs: [to(layers.length - 1)],
  }
}

/** The shape that a layer says it takes; a model says it by its first layer. */
function statedShape({ batch_shape, batch_input_shape, build_input_shape, layers }: Fields): unknown {
  const [first] = itemsOf(layers)
  return batch_shape ?? batch_input_shape ?? build_input_shape ?? (first && statedShape(fieldsOf(fieldsOf(first).config)))
}

/**
 * In files of Keras 2 and tfjs the calls of a model inside the model count from 1: call 0 is the one that built it.
 * All calls of a configuration are used, so the lowest number that is used tells.
 */
function withShiftedCalls(model: KerasModel): KerasModel {
  const used = [...model.outputs, ...model.layers.flatMap(({ calls }) => calls.flatMap(({ operands }) => operands.filter(isReference)))]
  const firsts = new Map(
    model.layers.flatMap(({ name, inner }) =>
      inner ? [[name, Math.min(...used.flatMap(({ layer, call }) => (layer === name ? [call] : [])))] as const] : [],
    ),
  )
  const shift = (to: Reference): Reference => ({ ...to, call: to.call - (firsts.get(to.layer) ?? 0) })
  const shiftAny = (operand: Operand) => (isReference(operand) ? shift(operand) : operand)
  const layers = model.layers.map((layer) => ({
    ...layer,
    calls: layer.calls.map(({ operands, given }) => ({ operands: operands.map(shiftAny), given })),
  }))
  return { ...model, layers, outputs: model.outputs.map(shift) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
