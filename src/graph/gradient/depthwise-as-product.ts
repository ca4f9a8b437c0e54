import { intOf, ints } from '../attributes.js'
import { floats } from '../builder-weights.js'
import { type Graph, type Node, node, type Tensor } from '../graph.js'
import { type DepthwiseShape, kernelPlaces } from './kernel-places.js'
import { NodeWriter } from './node-writer.js'

/** Numbers of a map up to which the product is quicker, forwards and back (measured: 6 times at 7 × 7, even at 14 × 14). */
const largestArea = 100

/**
 * The graph with depthwise convolutions of small maps as matrix products, because the engine is slow at training the former.
 *
 * Each channel's kernel becomes the matrix [inputs, outputs] that takes a whole map of it to a whole map: more
 * multiplications, but in one product for all images. Names of tensors and constants stay.
 *
 * @param shapes of the tensors, the batch first.
 */
export function depthwiseAsProduct(graph: Graph, shapes: ReadonlyMap<string, readonly number[]>): Graph {
  const constants = new Map<string, Tensor>()
  const nodes = graph.nodes.flatMap((conv) => {
    const shape = smallDepthwise(graph, conv, shapes)
    if (!shape) return [conv]
    const write = new NodeWriter(`${conv.outputs[0]}:product:`)
    const written = product(write, conv, shape)
    for (const [name, tensor] of write.constants) constants.set(name, tensor)
    return written
  })
  return { ...graph, nodes, initializers: new Map([...graph.initializers, ...constants]) }
}

/** Undefined for all other nodes. */
function smallDepthwise({ initializers }: Graph, conv: Node, shapes: ReadonlyMap<string, readonly number[]>): DepthwiseShape | undefined {
  const [input = '', weight = ''] = conv.inputs
  const kernel = initializers.get(weight)?.dims ?? []
  const [before, after] = [shapes.get(input)?.slice(2), shapes.get(conv.outputs[0] ?? '')?.slice(2)]
  const channels = intOf(conv, 'group', 1)
  const isDepthwise = conv.op === 'Conv' && conv.domain === '' && kernel.length === 4 && kernel[0] === channels && kernel[1] === 1
  if (!isDepthwise || channels === 1 || !before || !after) return undefined
  const isSmall = (before[0] ?? 0) * (before[1] ?? 0) <= largestArea
  return isSmall ? { channels, kernel: kernel.slice(2), before, after } : undefined
}

/** x [n, channels, height, width] → [channels, n, inputs] · [channels, inputs, outputs] → [n, channels, height, width]. */
function product(write: NodeWriter, conv: Node, shape: DepthwiseShape): readonly Node[] {
  const { channels, kernel, before, after } = shape
  const [x = '', weight = '', bias = ''] = conv.inputs
  const [taps, inputs, outputs] = [kernel, before, after].map(([height = 1, width = 1]) => height * width)
  const places = `${conv.outputs[0]}:product:places`
  write.constants.set(places, floats([taps ?? 1, (inputs ?? 1) * (outputs ?? 1)], kernelPlaces(conv, shape)))
  const flat = write.op('MatMul', [write.op('Reshape', [weight, write.integers(channels, -1)]), places])
  const matrices = write.op('Reshape', [flat, write.integers(channels, inputs ?? 1, outputs ?? 1)])
  const maps = write.op('Transpose', [x], { perm: ints([1, 0, 2, 3]) })
  const rows = write.op('Reshape', [maps, write.integers(channels, -1, inputs ?? 1)])
  const made = write.op('Reshape', [write.op('MatMul', [rows, matrices]), write.integers(channels, -1, ...after)])
  const turned = write.op('Transpose', [made], { perm: ints([1, 0, 2, 3]) })
  const shift = bias === '' ? undefined : write.op('Reshape', [bias, write.integers(-1, 1, 1)])
  const last = shift === undefined ? node('Identity', conv.name, [turned]) : node('Add', conv.name, [turned, shift])
  return [...write.nodes, { ...last, outputs: conv.outputs }]
}
