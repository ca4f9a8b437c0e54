import { refusal } from '../../engine/tensorflow/operator.js'
import { makePlan } from '../../engine/tensorflow/plan.js'
import { evaluate } from '../../engine/tensorflow/step.js'
import type { Tensorflow, TfTensor } from '../../engine/tensorflow/tensorflow.js'
import { channelsFirst, type Value } from '../../engine/tensorflow/value.js'
import type { Graph, Node } from '../../graph/graph.js'
import { NotConstant } from './recorded-tensor.js'

/**
 * Has a recorder write the nodes of a graph, by the engine that runs networks on TensorFlow.js: both know the same operators, and maps stay
 * channels last.
 *
 * @param input for the graph's only input.
 * @returns the graph's only output.
 * @throws TensorflowRefusal when the graph holds what TensorFlow.js cannot run, or what can only be known when it runs.
 */
export function recordNodes(recorder: Tensorflow, graph: Graph, input: Value): TfTensor {
  const ofConstants = graph.nodes.find(({ inputs }) => inputs.every((name) => name === '' || graph.initializers.has(name)))
  const { constants, steps } = naming(ofConstants, () => makePlan(recorder, graph, { readsNumbers: false }))
  const values = new Map<string, Value>([...constants, [graph.inputs[0]?.name ?? '', input]])
  const find = (name: string) => values.get(name)
  for (const step of steps) {
    for (const [name, value] of naming(step.node, () => evaluate(recorder, step, find))) values.set(name, value)
  }
  const output = find(graph.outputs[0]?.name ?? '')
  if (!output) throw new Error('Expected the graph to have an output')
  return channelsFirst(recorder, output)
}

/** Says of which node it is that numbers should be known. */
function naming<T>(node: Node | undefined, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof NotConstant && node ? refusal(node, error.message) : error
  }
}
