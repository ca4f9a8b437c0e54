import type { Graph } from '../../graph/graph.js'
import { constantTensor } from './constant.js'
import { refusal } from './operator.js'
import { compile } from './operators.js'
import { evaluate, type Step } from './step.js'
import type { Tensorflow } from './tensorflow.js'
import { channelsFirst, plain, type Value } from './value.js'

/** A network on TensorFlow.js, its constants uploaded. */
export interface Plan {
  /** What depends on the image, in order. */
  readonly steps: readonly Step[]
  readonly constants: ReadonlyMap<string, Value>
}

/** Constants of at most so many numbers are known on the host too. */
const smallConstant = 256

export interface PlanOptions {
  /** Whether the numbers of small constants are read at once, default true; else they are when an operator wants them. */
  readonly readsNumbers?: boolean
}

/**
 * Computes what does not depend on the image (float16 weights cast, kernels turned), once.
 *
 * @throws UserError when the network holds what TensorFlow.js cannot run.
 */
export function makePlan(tf: Tensorflow, graph: Graph, { readsNumbers = true }: PlanOptions = {}): Plan {
  const compiled = compileAll(tf, graph)
  const read = readsNumbers ? withNumbers : (value: Value) => value
  const constants = uploaded(tf, graph, read)
  const steps: Step[] = []
  try {
    for (const step of compiled) {
      if (!step.node.inputs.every((name) => name === '' || constants.has(name))) steps.push(withPrepared(tf, step, constants))
      else for (const [name, value] of evaluate(tf, step, (name) => constants.get(name))) constants.set(name, read(value))
    }
  } catch (error) {
    release({ steps, constants })
    throw error
  }
  dropUnused(constants, steps, graph.outputs[0]?.name ?? '')
  return { steps, constants }
}

/**
 * Reads all nodes, without a weight.
 *
 * @throws UserError when one of them is nothing that TensorFlow.js can run.
 */
export function compileAll(tf: Tensorflow, graph: Graph): Step[] {
  const opset = graph.opsets.get('') ?? graph.opsets.get('ai.onnx') ?? 1
  refuseSecondOutputs(graph)
  return graph.nodes.map((node) => ({ node, ...compile(node, { tf, opset }) }))
}

/** Frees a network's constants. */
export function release({ steps, constants }: Plan): void {
  for (const { tensor } of constants.values()) tensor.dispose()
  for (const { prepared } of steps) prepared?.dispose()
}

/** The initializers that a node takes. */
function uploaded(tf: Tensorflow, { nodes, initializers }: Graph, read: (value: Value) => Value): Map<string, Value> {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs))
  const taken = [...initializers].filter(([name]) => used.has(name))
  return new Map(taken.map(([name, tensor]) => [name, read(plain(constantTensor(tf, tensor)))]))
}

function withNumbers(value: Value): Value {
  return value.tensor.size > smallConstant ? value : { ...value, numbers: Array.from(value.tensor.dataSync()) }
}

function withPrepared(tf: Tensorflow, step: Step, constants: ReadonlyMap<string, Value>): Step {
  const { node, prepare } = step
  const value = prepare && constants.get(node.inputs[prepare.position] ?? '')
  return value ? { ...step, prepared: tf.tidy(() => prepare.by(channelsFirst(tf, value))) } : step
}

/** Frees the constants that only served to compute others. */
function dropUnused(constants: Map<string, Value>, steps: readonly Step[], output: string): void {
  const used = new Set(steps.flatMap(({ node, prepare, prepared }) => node.inputs.filter((_, i) => !prepared || i !== prepare?.position)))
  for (const [name, { tensor }] of constants) {
    if (used.has(name) || name === output) continue
    tensor.dispose()
    constants.delete(name)
  }
}

/** Operators give their first output only (indices of maxima, masks and the like are not computed), but for Split. */
function refuseSecondOutputs({ nodes, outputs }: Graph): void {
  const needed = new Set([...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)])
  for (const node of nodes) {
    const second = node.op === 'Split' ? undefined : node.outputs.slice(1).find((name) => name !== '' && needed.has(name))
    if (second) throw refusal(node, `the use of a second output ("${second}")`)
  }
}
