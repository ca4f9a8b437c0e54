import { product } from '../../base/product.js'
import { integers } from '../builder-shape.js'
import { floats } from '../builder-weights.js'
import { type Node, node, type Tensor } from '../graph.js'

interface NodeOptions {
  readonly attributes?: Node['attributes']
  /** Number of outputs. Default 1. */
  readonly outputs?: number
}

/** Writes nodes one after another, gives their tensors names of their own, and collects the constants that they take. */
export class NodeWriter {
  readonly nodes: Node[] = []
  readonly constants = new Map<string, Tensor>()
  readonly #prefix: string

  /** @param prefix of every name, which no other tensor of the graph may start with. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Adds a node with one output, and gives the output's name. */
  op(op: string, inputs: readonly string[], attributes: Node['attributes'] = {}): string {
    return this.ops(op, inputs, { attributes })[0] ?? ''
  }

  /** Adds a node, and gives its outputs' names. */
  ops(op: string, inputs: readonly string[], { attributes = {}, outputs = 1 }: NodeOptions): readonly string[] {
    const name = `${this.#prefix}${op}${this.nodes.length + 1}`
    const written = node(op, name, inputs, attributes)
    const names = Array.from({ length: outputs }, (_, at) => (at === 0 ? name : `${name}:${at}`))
    this.nodes.push({ ...written, outputs: names })
    return names
  }

  /** A list of whole numbers, int64. */
  integers(...values: readonly number[]): string {
    return this.#constant(`${this.#prefix}[${values.join()}]`, () => integers(values))
  }

  /** A whole number, int64 without dimensions. */
  integer(value: number): string {
    return this.#constant(`${this.#prefix}${value}:integer`, () => ({ ...integers([value]), dims: [] }))
  }

  /** One float32 number. */
  number(value: number): string {
    return this.#constant(`${this.#prefix}${value}`, () => floats([], Float32Array.of(value)))
  }

  /** A float32 tensor that holds one number everywhere. */
  filled(dims: readonly number[], value: number): string {
    return this.#constant(`${this.#prefix}${value}[${dims.join()}]`, () => floats(dims, new Float32Array(product(dims)).fill(value)))
  }

  #constant(name: string, make: () => Tensor): string {
    if (!this.constants.has(name)) this.constants.set(name, make())
    return name
  }
}
