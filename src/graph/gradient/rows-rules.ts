import { product } from '../../base/product.js'
import { int, intOf, ints, intsOf } from '../attributes.js'
import { type Node, node } from '../graph.js'
import { depthwiseRows } from './depthwise-rows.js'
import type { RowsMaps } from './rows-maps.js'

/** Computes a node from rows: the name of its output as rows, or the output's own where it was written as it was; undefined: the node stays. */
type RowsRule = (node: Node, maps: RowsMaps) => string | undefined

const convolution: RowsRule = (conv, maps) => pointwise(conv, maps) ?? depthwiseRows(conv, maps)

/** Kernel [out, in] · rows [in, n · height · width] + bias [out, 1]. */
const pointwise: RowsRule = (conv, maps) => {
  const { graph, write } = maps
  const [x = '', weight = '', bias = ''] = conv.inputs
  const [out = 1, channels = 1, ...kernel] = graph.initializers.get(weight)?.dims ?? []
  const isPoint = kernel.length === 2 && product(kernel) === 1 && intOf(conv, 'group', 1) === 1
  const isPlain =
    [...(intsOf(conv, 'strides') ?? []), 1].every((step) => step === 1) && (intsOf(conv, 'pads') ?? []).every((pad) => pad === 0)
  if (!isPoint || !isPlain || !maps.sides(x) || !maps.sides(conv.outputs[0] ?? '')) return undefined
  const matrix = write.op('Reshape', [weight, write.integers(out, channels)])
  const shift = bias === '' ? [] : [write.op('Reshape', [bias, write.integers(-1, 1)])]
  return write.op('Gemm', [matrix, maps.rows(x), ...shift])
}

/** A function of single numbers, where its input is there as rows. */
const single: RowsRule = ({ op, inputs: [x = '', ...others], attributes }, maps) =>
  maps.has(x) ? maps.write.op(op, [maps.rows(x), ...others], attributes) : undefined

/** Of two tensors of one shape, one of them there as rows. */
const pair: RowsRule = ({ op, inputs }, maps) => {
  const [first, second] = inputs.map((tensor) => maps.sides(tensor)?.join())
  const isAlike = first !== undefined && first === second
  if (!isAlike || !inputs.some((tensor) => maps.has(tensor))) return undefined
  return maps.write.op(
    op,
    inputs.map((tensor) => maps.rows(tensor)),
  )
}

/** The mean of each map: [channels, n, positions] → [n, channels, 1, 1]. */
const globalMean: RowsRule = ({ inputs: [x = ''], outputs: [output = ''] }, maps) => {
  const { write } = maps
  const [channels = 1, ...area] = maps.sides(x) ?? []
  if (!maps.has(x)) return undefined
  const stack = write.op('Reshape', [maps.rows(x), write.integers(channels, -1, product(area))])
  const sums = write.op('ReduceSum', [stack, write.integers(2)], { keepdims: int(0) })
  const images = write.op('Transpose', [write.op('Mul', [sums, write.number(1 / product(area))])], { perm: ints([1, 0]) })
  write.nodes.push(node('Reshape', output, [images, write.integers(-1, channels, 1, 1)]))
  return output
}

export const rowsRules: Readonly<Record<string, RowsRule>> = {
  Conv: convolution,
  Relu: single,
  Clip: single,
  LeakyRelu: single,
  Elu: single,
  Selu: single,
  Sigmoid: single,
  HardSigmoid: single,
  HardSwish: single,
  Tanh: single,
  Add: pair,
  Mul: pair,
  GlobalAveragePool: globalMean,
}
