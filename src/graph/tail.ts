import { UserError } from '../base/errors.js'
import { withoutUnused } from './cut.js'
import type { Graph, ValueInfo } from './graph.js'

/**
 * The part of a graph behind a tensor, which becomes its only input; the counterpart of `cutAt`.
 *
 * @param dims the tensor's shape where it is known, the batch first.
 * @throws UserError when the outputs depend on the graph's own inputs in other ways, too.
 */
export function tailFrom(graph: Graph, tensor: string, dims?: ValueInfo['dims']): Graph {
  const input: ValueInfo = { name: tensor, type: 'float32', dims }
  const nodes = graph.nodes.filter(({ outputs }) => !outputs.includes(tensor))
  const tail = withoutUnused({ ...graph, nodes, inputs: [...graph.inputs.filter(({ name }) => name !== tensor), input] })
  const [only, ...others] = tail.inputs
  if (only?.name === tensor && others.length === 0) return tail
  const rest = tail.inputs.map(({ name }) => name).find((name) => name !== tensor)
  throw new UserError(
    `Expected everything behind "${tensor}" to depend on the images through it alone, found ${rest === undefined ? 'nothing behind it' : 'another way around it'}. Choose a layer where the network comes together, such as the end of a block.`,
    2,
  )
}
