import type { Graph } from '../../graph/graph.js'
import type { Output, Session } from '../onnx-session.js'
import { makePlan, type Plan, release } from './plan.js'
import { evaluate } from './step.js'
import type { Tensorflow } from './tensorflow.js'
import { channelsFirst, plain, type Value } from './value.js'

/**
 * Opens a network on TensorFlow.js.
 *
 * @param tf TensorFlow.js, whichever of its packages.
 * @throws UserError when the network holds what TensorFlow.js cannot run.
 */
export async function createTensorflowSession(tf: Tensorflow, graph: Graph): Promise<Session> {
  await tf.ready()
  const plan = makePlan(tf, graph)
  const [input = '', output = ''] = [graph.inputs[0]?.name, graph.outputs[0]?.name]
  return {
    run: runner({ tf, plan, input, output, ends: lastUses(plan, output) }),
    release: async () => release(plan),
  }
}

interface Network {
  readonly tf: Tensorflow
  readonly plan: Plan
  readonly input: string
  readonly output: string
  /** For each step the tensors that no later one takes. */
  readonly ends: readonly (readonly string[])[]
}

function runner({ tf, plan, input, output, ends }: Network): Session['run'] {
  return async (data, dims) => {
    const live = new Map<string, Value>([[input, plain(tf.tensor(data, dims, 'float32'))]])
    const find = (name: string) => live.get(name) ?? plan.constants.get(name)
    try {
      for (const [at, step] of plan.steps.entries()) {
        for (const [name, value] of evaluate(tf, step, find)) live.set(name, value)
        for (const name of ends[at] ?? []) {
          live.get(name)?.tensor.dispose()
          live.delete(name)
        }
      }
      return await read(tf, output, find(output))
    } finally {
      for (const { tensor } of live.values()) tensor.dispose()
    }
  }
}

async function read(tf: Tensorflow, output: string, value: Value | undefined): Promise<Output> {
  if (value?.tensor.dtype !== 'float32') {
    throw new Error(`Expected float32 from the network's output ${output}, got ${value?.tensor.dtype ?? 'nothing'}`)
  }
  const result = tf.tidy(() => tf.clone(channelsFirst(tf, value)))
  try {
    const data = await result.data()
    if (!(data instanceof Float32Array)) throw new Error('Expected TensorFlow.js to give float32 as a Float32Array')
    return { data, dims: result.shape }
  } finally {
    result.dispose()
  }
}

/** The tensors that each step is the last one to take, or that nobody takes. */
function lastUses({ steps, constants }: Plan, output: string): string[][] {
  const last = new Map<string, number>()
  for (const [at, { node }] of steps.entries()) {
    for (const name of [...node.outputs, ...node.inputs]) last.set(name, at)
  }
  return steps.map((_, at) => [...last].flatMap(([name, use]) => (use === at && name !== output && !constants.has(name) ? [name] : [])))
}
