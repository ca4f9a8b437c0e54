import { InferenceSession, Tensor } from 'onnxruntime-node'
import { int } from '../../src/graph/attributes.js'
import { type Tensor as Constant, elementTypes, type Graph, isElementType, type Node } from '../../src/graph/graph.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { doubleOperators } from './double-operators.js'
import { type Doubles, none } from './doubles.js'

/**
 * Runs graphs of float32 in double precision, node by node: by onnxruntime's kernels for doubles, and where it has none
 * (Conv, average pools, some functions) by `doubleOperators`.
 */
export class DoubleSession {
  readonly #sessions = new Map<string, Promise<InferenceSession>>()

  /** Gives the graph's outputs. @param feeds inputs, and constants that take other values. */
  async run({ nodes, initializers, outputs, opsets }: Graph, feeds: Readonly<Record<string, Doubles>>): Promise<readonly Doubles[]> {
    const values = new Map([...initializers].map(([name, constant]) => [name, toTensor(constant)]))
    for (const [name, feed] of Object.entries(feeds)) values.set(name, fromDoubles(feed))
    for (const node of nodes) {
      const inputs = node.inputs.map((name) => values.get(name))
      const plain = doubleOperators[node.op]
      const results = plain ? [fromDoubles(plain(node, ...inputs.map(toDoubles)))] : await this.#run(widened(node), inputs, opsets)
      for (const [at, name] of node.outputs.entries()) values.set(name, results[at] ?? nothing)
    }
    return outputs.map(({ name }) => toDoubles(values.get(name)))
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release()
  }

  /** One node; those that differ in names alone share a session. */
  async #run(node: Node, inputs: readonly (Tensor | undefined)[], opsets: Graph['opsets']): Promise<readonly Tensor[]> {
    const given = inputs.flatMap((input, at) => (input ? [[`i${at}`, input] as const] : []))
    const names = { name: '', inputs: inputs.map((input, at) => (input ? `i${at}` : '')), outputs: node.outputs.map((_, at) => `o${at}`) }
    const graph: Graph = {
      inputs: given.map(([name, { type }]) => ({ name, type: isElementType(type) ? type : undefined, dims: undefined })),
      outputs: names.outputs.map((name) => ({ name, type: undefined, dims: undefined })),
      nodes: [{ ...node, ...names }],
      initializers: new Map(),
      opsets,
    }
    const key = JSON.stringify([graph.nodes, graph.inputs])
    const session = this.#sessions.get(key) ?? InferenceSession.create(writeOnnx(graph), { intraOpNumThreads: 1, logSeverityLevel: 4 })
    this.#sessions.set(key, session)
    const results = await (await session).run(Object.fromEntries(given))
    return names.outputs.map((name) => results[name] ?? nothing)
  }
}

const nothing = fromDoubles(none)

/** What says float32 in a node's attributes says float64. */
function widened(node: Node): Node {
  if (node.op === 'Cast') return { ...node, attributes: { to: int(elementTypes.float64) } }
  if (node.op !== 'ConstantOfShape') return node
  return { ...node, attributes: { value: { kind: 'tensor', value: { type: 'float64', dims: [1], bytes: new Uint8Array(8) } } } }
}

function toTensor(constant: Constant): Tensor {
  const data = floatsOf(constant)
  if (data) return fromDoubles({ data: Float64Array.from(data), dims: constant.dims })
  return new Tensor('int64', new BigInt64Array(Uint8Array.from(constant.bytes).buffer), constant.dims)
}

function fromDoubles({ data, dims }: Doubles): Tensor {
  return new Tensor('float64', data, dims)
}

/** Numbers that are no doubles (places of maxima) are not asked for. */
function toDoubles(tensor: Tensor = nothing): Doubles {
  return { data: tensor.data instanceof Float64Array ? tensor.data : new Float64Array(), dims: tensor.dims }
}
