import { withoutUnused } from '../cut.js'
import type { Graph, ValueInfo } from '../graph.js'
import { gradientGraph, gradientName, upstream } from './gradient-graph.js'

/** A network forwards, and on its own the way back, which takes what the first gives: nothing is computed twice. */
export interface SplitGradient {
  /** Its outputs are the network's first one, then those of `carried`. The trained constants are inputs. */
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
  const isForward = ({ outputs: [first = ''] }: Graph['nodes'][number]) => there.has(first)
  const forward = whole.nodes.filter(isForward)
  const back = whole.nodes.filter((node) => !isForward(node))
  const given = new Set(forward.flatMap(({ outputs }) => outputs))
  const carried = [...new Set(back.flatMap(({ inputs }) => inputs))].filter((tensor) => given.has(tensor))
  const inputs = whole.inputs.filter(({ name }) => name !== upstream)
  const outputs = [...graph.outputs.slice(0, 1), ...carried.map((name): ValueInfo => ({ name, type: undefined, dims: undefined }))]
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
