import type { Backbone } from '../../backbones/backbone.js'
import { floats } from '../../graph/builder-weights.js'
import { NodeWriter } from '../../graph/gradient/node-writer.js'
import type { Graph, Tensor } from '../../graph/graph.js'
import { hasTensor, renameTensor } from '../../graph/rename-tensor.js'
import type { ResizeRule } from '../../images/resize-rule.js'
import { addResize, withResizeOpset } from './resize-inside.js'

/** TensorProto.DataType of float32. */
const float32 = 1

/** What the exported file's input and output are called. */
export const [imageInput, answersOutput] = ['image', 'probabilities'] as const

/**
 * A classifier's graph as one that takes images as they are: `image` uint8 [n, h, w, 3], red, green, blue, in; `probabilities` float32
 * [n, classes] out. h and w are the network's side, or with a rule any: then the images are resized by it inside.
 *
 *     x = (v − mean) / scale, in the network's order of channels and axes
 *
 * @param classifier its graph is that of `classifierGraph`.
 * @throws UserError where a rule cannot be done inside.
 */
export function imageGraph(
  { graph: given, layout, size, batch, input: { order, mean, scale } }: Pick<Backbone, 'graph' | 'layout' | 'size' | 'batch' | 'input'>,
  resize?: ResizeRule,
): Graph {
  const graph = freed(freed(resize === undefined ? given : withResizeOpset(given), imageInput), answersOutput)
  const writer = new NodeWriter('input/')
  const constants = new Map<string, Tensor>()
  const channels = (name: string, values: readonly number[]) => {
    constants.set(name, floats([1, 3, 1, 1], Float32Array.from(values)))
    return name
  }
  const plain = writer.op('Cast', [imageInput], { to: { kind: 'int', value: float32 } })
  const first = writer.op('Transpose', [plain], { perm: { kind: 'ints', value: [0, 3, 1, 2] } })
  const fitted = resize === undefined ? first : addResize(writer, first, { rule: resize, side: size })
  const centred = writer.op('Sub', [fitted, channels('input/mean', mean)])
  const scaled = writer.op('Div', [centred, channels('input/scale', scale)])
  const ordered = order === 'rgb' ? scaled : writer.op('Gather', [scaled, writer.integers(2, 1, 0)], { axis: { kind: 'int', value: 1 } })
  const last = layout === 'nchw' ? ordered : writer.op('Transpose', [ordered], { perm: { kind: 'ints', value: [0, 2, 3, 1] } })
  const joined = renameTensor(graph, graph.inputs[0]?.name ?? '', last)
  const [output] = joined.outputs
  const named = renameTensor(joined, output?.name ?? '', answersOutput)
  const sides = resize === undefined ? [size, size] : ['height', 'width']
  return {
    ...named,
    inputs: [{ name: imageInput, type: 'uint8', dims: [batch ?? 'n', ...sides, 3] }],
    outputs: named.outputs.map((one) => ({ ...one, dims: [batch ?? 'n', one.dims?.at(-1) ?? null] })),
    nodes: [...writer.nodes, ...named.nodes],
    initializers: new Map([...named.initializers, ...writer.constants, ...constants]),
  }
}

/** The graph without a tensor of this name. */
function freed(graph: Graph, name: string): Graph {
  return hasTensor(graph, name) ? renameTensor(graph, name, `${name}:inner`) : graph
}
