import { clauseOf, UserError } from '../base/errors.js'
import { outputShapes } from '../engine/output-shapes.js'
import { constantOrigins } from '../graph/constant-origins.js'
import { layerName, type Node, type Tensor } from '../graph/graph.js'
import { layoutOf } from '../graph/layout.js'
import { writeOnnx } from '../graph/write-onnx.js'
import type { Backbone } from './backbone.js'
import { type BackboneFacts, backboneFacts, type LayerFacts, product } from './backbone-facts.js'

/**
 * What is known of a network that is there as a graph. Layers are the nodes that depend on the image, their shapes those that a
 * blank image gives.
 *
 * @throws UserError when the engine refuses the network.
 */
export async function describeGraph(backbone: Backbone): Promise<BackboneFacts> {
  const { name, size, layer, input, graph } = backbone
  const origins = constantOrigins(graph)
  const nodes = graph.nodes.filter((node) => !node.outputs.some((output) => origins.has(output)))
  const shapes = await shapesOf(backbone, nodes)
  const shapeOf = (tensor = '') => shapes.get(tensor) ?? null
  const weightsOf = (node: Node) => new Set(node.inputs.flatMap((tensor) => [...(origins.get(tensor) ?? [])].filter(isWeight)))
  const layers = nodes.map((node): LayerFacts => {
    const weights = weightsOf(node)
    const shape = shapeOf(node.outputs[0])
    const kernel = [...(origins.get(node.inputs[1] ?? '') ?? [])].filter(isWeight).at(0)
    const multiplyAdds = shape && kernel ? product(shape) * factors(node, kernel.dims) : 0
    return { name: layerName(node), kind: node.op, shape, parameters: count(weights), multiplyAdds }
  })
  const codeShape = shapeOf(graph.outputs[0]?.name)
  return backboneFacts({ name, size, layer, codeShape, input, layers }, count(new Set(nodes.flatMap((node) => [...weightsOf(node)]))))
}

/** Not the numbers that say how an operator works, such as bounds and shapes. */
function isWeight({ type, dims }: Tensor): boolean {
  return dims.length > 0 && !['int64', 'int32', 'bool'].includes(type)
}

function count(weights: ReadonlySet<Tensor>): number {
  return [...weights].reduce((sum, { dims }) => sum + product(dims), 0)
}

/** Products that one number of the output is the sum of. @param dims the kernel's shape. */
function factors({ op, attributes }: Node, dims: readonly number[]): number {
  const { transB } = attributes
  if (op === 'Conv') return product(dims.slice(1))
  if (op === 'Gemm') return dims[transB?.kind === 'int' && transB.value === 1 ? 1 : 0] ?? 0
  return op === 'MatMul' ? (dims.at(-2) ?? 0) : 0
}

/** The shape of each node's first output for one image, channels last. */
async function shapesOf(backbone: Backbone, nodes: readonly Node[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const { name, graph, layout, batch = 1, size } = backbone
  const outputs = nodes.flatMap(({ outputs: [first] }) => (first ? [{ name: first, type: undefined, dims: undefined }] : []))
  const dims = layout === 'nchw' ? [batch, 3, size, size] : [batch, size, size, 3]
  const shapes = await outputShapes(writeOnnx({ ...graph, outputs }), dims)
    .catch(() => outputShapes(writeOnnx(graph), dims)) // some types, such as sequences, never leave the engine
    .catch((error: unknown) => {
      const says = clauseOf(error)
      throw new UserError(
        `Expected ${name} to run on a blank image of ${size} × ${size}, but the engine refuses it: ${says}. Check --size.`,
      )
    })
  return new Map(
    [...shapes].map(([tensor, [images, ...rest]]) => {
      const [channels = 0, ...sides] = rest
      const isMap = images === batch && rest.length === 3 && layoutOf(graph, tensor, layout) === 'nchw'
      return [tensor, isMap ? [...sides, channels] : rest]
    }),
  )
}
