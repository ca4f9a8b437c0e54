import { UserError } from '../../base/errors.js'
import { withoutUnused } from '../cut.js'
import { type Graph, type Node, node, type ValueInfo } from '../graph.js'
import { backPass } from './back-pass.js'
import { channelRows } from './channel-rows.js'
import { NodeWriter } from './node-writer.js'

export interface GradientOptions {
  /** Float32 constants whose gradients are asked for (`foldConstants` makes them of float16). They become inputs, so that new values need no new session. */
  readonly trained: readonly string[]
  /** Inputs whose gradients are asked for, too. Default none. */
  readonly data?: readonly string[]
  /** The output that the gradients are of. Default the first one. */
  readonly output?: string
  /** Shapes of the graph's tensors, the batch first, as far as they are known: pointwise and small depthwise convolutions get quicker. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>
}

/** The input that takes ∂loss/∂output, of the output's shape; ones give the gradients of the output's sum. */
export const upstream = 'gradient'

/** The output that holds ∂loss/∂tensor, of the tensor's shape. */
export function gradientName(tensor: string): string {
  return `${tensor}:gradient`
}

/** The oldest operator set whose operators the gradients are made of. */
const oldestOpset = 16

/**
 * The graph that computes an output and, back from it (reverse mode), gradients of constants and inputs.
 *
 * Inputs: those of the graph, `gradient`, and the trained constants by their names. Outputs: all of the graph's, then
 * `TENSOR:gradient` for each trained constant and each input of `data`. It runs any batch that the graph runs.
 *
 * @throws UserError when an operator on the way has no gradient, or the graph's operator set is older than 16.
 */
export function gradientGraph(graph: Graph, options: GradientOptions): Graph {
  const { trained, data = [], output = graph.outputs[0]?.name ?? '', shapes = new Map() } = options
  checkOpset(graph)
  const used = channelRows(withoutUnused(graph), shapes)
  const forward = { ...used, nodes: used.nodes.map(withIndices) }
  const result = forward.outputs.find(({ name }) => name === output)
  if (!result) throw new Error(`Expected ${output} to be an output of the graph`)
  const inputs = trained.map((name) => trainedInput(forward, name))
  const write = new NodeWriter('gradient:')
  const tensors = [...trained, ...data]
  const gradients = backPass(forward, tensors, { output, gradient: upstream, write })
  const constants = [...forward.initializers].filter(([name]) => !trained.includes(name))
  return withoutUnused({
    inputs: [...forward.inputs, { ...result, name: upstream }, ...inputs],
    outputs: [...forward.outputs, ...tensors.map((name) => gradientOutput(name, inputs, forward))],
    nodes: [...forward.nodes, ...named(write.nodes, tensors, gradients)],
    initializers: new Map([...constants, ...write.constants]),
    opsets: graph.opsets,
  })
}

function checkOpset({ opsets }: Graph): void {
  const found = opsets.get('') ?? 0
  if (found >= oldestOpset) return
  throw new UserError(
    `Expected a model of operator set ${oldestOpset} or later to train, found ${found}. Export it again with opset ${oldestOpset + 1}.`,
  )
}

/** Maximum pools say where each maximum was. */
function withIndices(node: Node): Node {
  if (node.op !== 'MaxPool' || node.domain !== '' || node.outputs[1]) return node
  const [maximum = ''] = node.outputs
  return { ...node, outputs: [maximum, `${maximum}:indices`] }
}

function trainedInput({ initializers }: Graph, name: string): ValueInfo {
  const tensor = initializers.get(name)
  if (tensor?.type === 'float32') return { name, type: 'float32', dims: tensor.dims }
  throw new Error(`Expected ${name} to be a float32 constant that the output depends on, found ${tensor ? tensor.type : 'none'}`)
}

function gradientOutput(tensor: string, trained: readonly ValueInfo[], { inputs }: Graph): ValueInfo {
  const dims = [...trained, ...inputs].find(({ name }) => name === tensor)?.dims
  return { name: gradientName(tensor), type: 'float32', dims }
}

/** The nodes with the gradients that were asked for under the names that they go by outside. */
function named(nodes: readonly Node[], tensors: readonly string[], gradients: ReadonlyMap<string, string>): readonly Node[] {
  const copies = tensors.map((tensor): Node => {
    const inner = gradients.get(tensor)
    if (inner === undefined) throw new Error(`Expected the output to depend smoothly on ${tensor}, found no gradient`)
    return node('Identity', gradientName(tensor), [inner])
  })
  return [...nodes, ...copies]
}
