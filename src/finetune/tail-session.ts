import { createFeedSession, type Feed, type FeedSession } from '../engine/feed-session.js'
import { type Matrix, matrix } from '../engine/gemm.js'
import { RelaySession } from '../engine/relay-session.js'
import { tensorShapes } from '../engine/tensor-shapes.js'
import { channelRows } from '../graph/gradient/channel-rows.js'
import { gradientName, upstream } from '../graph/gradient/gradient-graph.js'
import { splitGradient } from '../graph/gradient/split-gradient.js'
import { type ElementType, type Graph, isElementType, type ValueInfo } from '../graph/graph.js'
import { floatsOf } from '../graph/tensor-floats.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { Parameter } from '../heads/layers/parameter.js'
import type { Optimizer, Step } from '../heads/optimizers/optimizer.js'
import { dot } from '../heads/vector.js'
import { codesInput } from './tail.js'

/** The last layers of a network, with weights that change. */
export interface TailGraph {
  /** From `codes` to rows of features. */
  readonly graph: Graph
  /** Shape of a code. */
  readonly shape: readonly number[]
  /** Constants that are trained. */
  readonly trained: readonly string[]
  /** The layer's tensor that the features are made of. */
  readonly output: string
  /** Numbers in a row of features. */
  readonly length: number
}

/** Runs the last layers of a network forwards and backwards; its weights lie in memory that is fed to every run. */
export class TailSession {
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly #tail: TailGraph
  readonly #forward: FeedSession
  readonly #training: RelaySession

  private constructor(tail: TailGraph, parameters: ReadonlyMap<string, Parameter>, sessions: readonly [FeedSession, RelaySession]) {
    this.#tail = tail
    this.parameters = parameters
    ;[this.#forward, this.#training] = sessions
  }

  /** @param threads of one run; 0: all cores. */
  static async open(tail: TailGraph, optimizer: Optimizer, threads = 0): Promise<TailSession> {
    const { trained } = tail
    const parameters = new Map(trained.map((name) => [name, parameterOf(tail.graph, name, optimizer)]))
    const graph = channelRows(tail.graph, await tensorShapes(tail.graph, [2, ...tail.shape]))
    const forward = await createFeedSession(writeOnnx(withTrainedInputs(tail.graph, trained)), threads)
    const { forward: first, carried, backward } = splitGradient(graph, trained)
    const second = (types: ReadonlyMap<string, string>) =>
      writeOnnx(backward(new Map([...types].map(([name, type]) => [name, typeOf(type)]))))
    const training = await RelaySession.open({ first: writeOnnx(first), carried, second, threads })
    return new TailSession(tail, parameters, [forward, training])
  }

  /** Features of some codes, [n, length]. */
  async forward(codes: Matrix): Promise<Matrix> {
    const features = matrix(codes.rows, this.#tail.length)
    const name = this.#tail.graph.outputs[0]?.name ?? ''
    await this.#forward.run(this.#feeds(codes), { [name]: rowsFeed(features) })
    return features
  }

  /** The same, keeping what the way back needs. */
  async forwardToLearn(codes: Matrix): Promise<Matrix> {
    const features = matrix(codes.rows, this.#tail.length)
    const name = this.#tail.graph.outputs[0]?.name ?? ''
    await this.#training.runFirst(this.#feeds(codes), { [name]: rowsFeed(features) }, codes.rows)
    return features
  }

  /** From ∂loss/∂features of the last codes to learn from to the gradients of the parameters. */
  async backward(codes: Matrix, gradient: Matrix): Promise<void> {
    const into = [...this.parameters].map(([name, { gradient: room, values, shape }]) => {
      return [gradientName(name), { data: room.subarray(0, values.length), dims: shape }] as const // the room is a multiple of 4
    })
    await this.#training.runSecond({ ...this.#feeds(codes), [upstream]: rowsFeed(gradient) }, Object.fromEntries(into))
  }

  #feeds({ rows, data }: Matrix): Record<string, Feed> {
    const weights = [...this.parameters].map(([name, { values, shape }]) => [name, { data: values, dims: shape }] as const)
    return { [codesInput]: { data, dims: [rows, ...this.#tail.shape] }, ...Object.fromEntries(weights) }
  }

  /** ‖∂loss/∂parameters‖² after `backward`. */
  squaredNorm(): number {
    return [...this.parameters.values()].reduce((sum, { gradient }) => sum + dot(gradient, gradient), 0)
  }

  /** Moves the parameters along their gradients. */
  update(step: Step): void {
    for (const parameter of this.parameters.values()) parameter.update([step])
  }

  async release(): Promise<void> {
    await this.#forward.release()
    await this.#training.release()
  }
}

const rowsFeed = ({ rows, columns, data }: Matrix): Feed => ({ data, dims: [rows, columns] })

function parameterOf(graph: Graph, name: string, optimizer: Optimizer): Parameter {
  const parameter = new Parameter({ shape: graph.initializers.get(name)?.dims ?? [], optimizer })
  parameter.values.set(weightOf(graph, name))
  return parameter
}

/** The numbers of a constant. */
export function weightOf({ initializers }: Graph, name: string): Float32Array {
  const tensor = initializers.get(name)
  const values = tensor && floatsOf(tensor)
  if (!values) throw new Error(`Expected ${name} to be a constant of the network`)
  return values
}

/** The graph with constants that became inputs. */
function withTrainedInputs(graph: Graph, trained: readonly string[]): Graph {
  const inputs = trained.map((name): ValueInfo => ({ name, type: 'float32', dims: graph.initializers.get(name)?.dims }))
  const initializers = new Map([...graph.initializers].filter(([name]) => !trained.includes(name)))
  return { ...graph, inputs: [...graph.inputs, ...inputs], initializers }
}

function typeOf(name: string): ElementType {
  if (isElementType(name)) return name
  throw new Error(`Expected a type that graphs are written with, got ${name}`)
}
