import { product } from '../../base/product.js'
import { intOf } from '../attributes.js'
import { floats } from '../builder-weights.js'
import type { Node } from '../graph.js'
import { type DepthwiseShape, kernelPlaces } from './kernel-places.js'
import type { RowsMaps } from './rows-maps.js'

/** Numbers of a map up to which the product is quicker, forwards and back (measured: 6 times at 7 × 7, even at 14 × 14). */
const largestArea = 100

/**
 * A depthwise convolution of small maps as a matrix product, because the engine is slow at training the former: each channel's kernel
 * becomes the matrix [inputs, outputs] that takes a whole map of it to a whole map, which is more multiplications, but in one product
 * for all images.
 *
 * @returns the output as rows, [channels, n · outputs]; undefined for all other nodes.
 */
export function depthwiseRows(conv: Node, maps: RowsMaps): string | undefined {
  const shape = smallDepthwise(conv, maps)
  if (!shape) return undefined
  const { write } = maps
  const [x = '', weight = '', bias = ''] = conv.inputs
  const { channels, kernel, before, after } = shape
  const [taps, inputs, outputs] = [product(kernel), product(before), product(after)]
  const places = `${conv.outputs[0]}:rows:places`
  write.constants.set(places, floats([taps, inputs * outputs], kernelPlaces(conv, shape)))
  const flat = write.op('MatMul', [write.op('Reshape', [weight, write.integers(channels, -1)]), places])
  const matrices = write.op('Reshape', [flat, write.integers(channels, inputs, outputs)])
  const stack = write.op('Reshape', [maps.rows(x), write.integers(channels, -1, inputs)])
  const made = write.op('Reshape', [write.op('MatMul', [stack, matrices]), write.integers(channels, -1)])
  return bias === '' ? made : write.op('Add', [made, write.op('Reshape', [bias, write.integers(-1, 1)])])
}

/** Undefined for all other nodes. */
function smallDepthwise(conv: Node, maps: RowsMaps): DepthwiseShape | undefined {
  const [x = '', weight = ''] = conv.inputs
  const kernel = maps.graph.initializers.get(weight)?.dims ?? []
  const [before, after] = [maps.sides(x)?.slice(1), maps.sides(conv.outputs[0] ?? '')?.slice(1)]
  const channels = intOf(conv, 'group', 1)
  const isDepthwise = kernel.length === 4 && kernel[0] === channels && kernel[1] === 1
  if (!isDepthwise || channels === 1 || !before || !after || product(before) > largestArea) return undefined
  return { channels, kernel: kernel.slice(2), before, after }
}
