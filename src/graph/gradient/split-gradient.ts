import { withoutUnused } from '../cut.js'
import type { Graph, ValueInfo } from '../graph.js'
import { gradientGraph, gradientName, upstream } from './gradient-graph.js'

/** A network forwards, and on its own the way back, which takes what the first gives: nothing is computed twice. */
export interface SplitGradient {
  /** Its outputs are the network's first one, then the others of `carried`. The trained constants are inputs. */
  readonly forward: Graph
  /** What the way back needs to know of the way there. */
  readonly carried: readonly string[]
  /** The way back, its outputs `TENSOR:gradient`. @param types of what is carried, as a run tells them. */
  backward(types: ReadonlyMap<string, ValueInfo['type']>): Graph
}

/** Splits `gradientGraph` in two. @param trained constants whose gradients are asked for. */
export function splitGradient(graph: Graph, trained: readonly string[]): SplitGradient {
  const whole = gradientGraph(graph, { trained })
  const there = new Set(graph.nodes.flatMap(({ outputs }) => outputs))
  // The way back is given the shape of a tensor, not the tensor, where that is all it needs.
  const isForward = ({ op, inputs: [input = ''], outputs: [first = ''] }: Graph['nodes'][number]) =>
    there.has(first) || ((op === 'Shape' || op === 'Size') && there.has(input))
  const forward = whole.nodes.filter(isForward)
  const back = whole.nodes.filter((node) => !isForward(node))
  const given = new Set(forward.flatMap(({ outputs }) => outputs))
  const carried = [...new Set(back.flatMap(({ inputs }) => inputs))].filter((tensor) => given.has(tensor))
  const inputs = whole.inputs.filter(({ name }) => name !== upstream)
  const result = graph.outputs.slice(0, 1)
  const others = carried.filter((name) => name !== result[0]?.name)
  const outputs = [...result, ...others.map((name): ValueInfo => ({ name, type: undefined, dims: undefined }))]
  return {
    forward: withoutUnused({ ...whole, nodes: forward, inputs, outputs }),
    carried,
    backward: (types) =>
      withoutUnused({
        ...whole,
        nodes: back,
        inputs: [...whole.inputs, ...carried.map((name): ValueInfo => ({ name, type: types.get(name), dims: undefined }))],
        outputs: whole.outputs.filter(({ name }) => trained.some((tensor) => gradientName(tensor) === name)),
      }),
  }
}
