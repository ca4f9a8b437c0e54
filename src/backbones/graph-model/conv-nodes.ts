import { elu, leakyRelu, prelu } from '../../graph/activations.js'
import { type Activation, activated, clip, operator } from '../../graph/builder-activation.js'
import type { Constant } from '../../graph/builder-constant.js'
import { convStep, depthwiseStep } from '../../graph/builder-conv.js'
import { denseStep } from '../../graph/builder-dense.js'
import { shapeText } from '../architecture.js'
import { Unconvertible } from '../unconvertible.js'
import { flagOf, numberOf, numbersOf, paddingOf, sidesOf, textsOf } from './attributes.js'
import { type TfNode, titleOf } from './graph-def.js'
import { constantAt, mapOf, type NodeCall, type NodeRule, type NodeStep, tensorAt } from './node-call.js'

/** Conv2D and _FusedConv2D; the kernel is [h, w, in, out]. */
export const conv2d: NodeRule = (call) => {
  const x = mapOf(call)
  const kernel = constantAt(call, 1)
  const [height = 1, width = 1, inputs = 1, filters = 1] = kernel.shape
  const groups = x.dims[0] / inputs
  if (!Number.isInteger(groups))
    throw new Unconvertible(`${titleOf(call.node)} with a kernel ${shapeText(kernel.shape)} on ${x.dims[0]} channels`)
  const options = { ...windowOf(call.node), kernel: [height, width], filters, groups, bias: hasBias(call.node) } as const
  return fused(call, { step: convStep('keras', call.node.name, x, options), weights: [kernel, ...biases(call)] })
}

/** DepthwiseConv2dNative and FusedDepthwiseConv2dNative; the kernel is [h, w, in, multiplier]. */
export const depthwiseConv2d: NodeRule = (call) => {
  const kernel = constantAt(call, 1)
  const [height = 1, width = 1, , multiplier = 1] = kernel.shape
  const options = { ...windowOf(call.node), kernel: [height, width], multiplier, bias: hasBias(call.node) } as const
  return fused(call, { step: depthwiseStep('keras', call.node.name, mapOf(call), options), weights: [kernel, ...biases(call)] })
}

/** MatMul and _FusedMatMul of rows and a constant. */
export const matMul: NodeRule = (call) => {
  const x = tensorAt(call)
  if (x.dims.length !== 1 || flagOf(call.node, 'transpose_a'))
    throw new Unconvertible(`${titleOf(call.node)} of other than rows of numbers`)
  const kernel = flagOf(call.node, 'transpose_b') ? transposed(constantAt(call, 1)) : constantAt(call, 1)
  const step = denseStep(call.node.name, x, { units: kernel.shape[1] ?? 1, bias: hasBias(call.node) })
  return fused(call, { step, weights: [kernel, ...biases(call)] })
}

function windowOf(node: TfNode) {
  const dilations = numbersOf(node, 'dilations').length > 0 ? sidesOf(node, 'dilations') : ([1, 1] as const)
  return { strides: sidesOf(node, 'strides'), dilations, padding: paddingOf(node) }
}

/** What is done to the product inside the node, in order. */
const fusedOps = (node: TfNode) => textsOf(node, 'fused_ops')
const hasBias = (node: TfNode) => fusedOps(node).includes('BiasAdd')

function biases(call: NodeCall): readonly Constant[] {
  return hasBias(call.node) ? [constantAt(call, 2)] : []
}

/** The product with its function behind it, all as one node. */
function fused(call: NodeCall, product: NodeStep): NodeStep {
  const { node } = call
  const [name, ...others] = fusedOps(node).filter((op) => op !== 'BiasAdd')
  if (name === undefined) return product
  const activation = others.length === 0 ? fusedActivation(call, name) : undefined
  if (!activation) throw new Unconvertible(`${titleOf(node)} fused with ${fusedOps(node).join(', ')}`)
  return { ...product, step: activated(node.name, product.step, activation) }
}

function fusedActivation(call: NodeCall, name: string): Activation | undefined {
  const { node } = call
  if (name === 'Prelu') return prelu(constantAt(call, hasBias(node) ? 3 : 2))
  if (name === 'LeakyRelu') return leakyRelu(numberOf(node, 'leakyrelu_alpha', 0.2))
  return new Map([
    ['Relu', operator('Relu')],
    ['Relu6', clip(0, 6)],
    ['Elu', elu(1)],
    ['Sigmoid', operator('Sigmoid')],
    ['Tanh', operator('Tanh')],
  ]).get(name)
}

/** [rows, columns] → [columns, rows]. */
function transposed({ shape: [rows = 1, columns = 1], data }: Constant): Constant {
  const turned = Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0)
  return { shape: [columns, rows], data: turned }
}
