import { floats } from './builder-weights.js'
import { elementTypes, type Graph, type Node, type Tensor } from './graph.js'
import { floatsOf } from './tensor-floats.js'

/**
 * The graph with constants where nodes only hand them on: Constant, Identity, and Cast from float16 to float32 (how
 * files keep small weights). The constant takes the name of the node's output.
 */
export function foldConstants(graph: Graph): Graph {
  const initializers = new Map(graph.initializers)
  const nodes = graph.nodes.filter((node) => {
    const tensor = constantOf(node, initializers)
    if (tensor) initializers.set(node.outputs[0] ?? '', tensor)
    return !tensor
  })
  return { ...graph, nodes, initializers }
}

function constantOf({ op, domain, inputs, attributes }: Node, constants: ReadonlyMap<string, Tensor>): Tensor | undefined {
  if (domain !== '') return undefined
  if (op === 'Constant') return attributes.value?.kind === 'tensor' ? attributes.value.value : undefined
  const source = constants.get(inputs[0] ?? '')
  if (op === 'Identity') return source
  const widens = op === 'Cast' && attributes.to?.kind === 'int' && attributes.to.value === elementTypes.float32
  const values = widens && source && floatsOf(source)
  return values ? floats(source.dims, values) : undefined
}
