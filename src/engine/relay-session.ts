import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Feed, toTensors } from './feed-session.js'
import { openOnnx } from './onnx-session.js'

type Feeds = Readonly<Record<string, Feed>>

export interface RelayOptions {
  /** The bytes of the first network. */
  readonly first: Uint8Array
  /** Outputs of the first that the second takes, of whatever type. */
  readonly carried: readonly string[]
  /** The bytes of the second, once a run of the first has told the types. */
  readonly second: (types: ReadonlyMap<string, string>) => Uint8Array
  /** Threads of a run. */
  readonly threads: number
}

/** It fails on two Reshapes in a row where the shape of the first is computed ("Attempting to get index by a name", onnxruntime 1.30). */
const brokenOptimizer = 'ReshapeFusion'

/** Two networks of which the second takes what the first gave in its last run, in memory that the next run takes again. */
export class RelaySession {
  readonly #first: InferenceSession
  readonly #options: RelayOptions
  #second: InferenceSession | undefined
  #carried: Readonly<Record<string, Tensor>> = {}
  #rows = 0

  private constructor(first: InferenceSession, options: RelayOptions) {
    this.#first = first
    this.#options = options
  }

  static async open(options: RelayOptions): Promise<RelaySession> {
    return new RelaySession(await openOnnx(options.first, options.threads, 'cpu'), options)
  }

  /**
   * Runs the first.
   *
   * @param rows images of the batch.
   * @param into memory of all outputs that are not carried; of one that is, it must stay as it is until the second has run.
   */
  async runFirst(feeds: Feeds, into: Feeds, rows: number): Promise<void> {
    const names = Object.fromEntries(this.#options.carried.map((name) => [name, null]))
    const carried = rows === this.#rows ? this.#carried : names
    const results = await this.#first.run(toTensors(feeds), { ...carried, ...toTensors(into) })
    this.#carried = Object.fromEntries(this.#options.carried.flatMap((name) => (results[name] ? [[name, results[name]]] : [])))
    this.#rows = rows
  }

  /** Runs the second. @param into memory of all its outputs. */
  async runSecond(feeds: Feeds, into: Feeds): Promise<void> {
    const { second, threads } = this.#options
    const types = new Map(Object.entries(this.#carried).map(([name, { type }]) => [name, type]))
    this.#second ??= await openOnnx(second(types), threads, 'cpu', brokenOptimizer)
    const all: Record<string, Tensor> = { ...toTensors(feeds), ...this.#carried }
    const taken = this.#second.inputNames.flatMap((name) => (all[name] ? [[name, all[name]] as const] : []))
    await this.#second.run(Object.fromEntries(taken), toTensors(into))
  }

  async release(): Promise<void> {
    await this.#first.release()
    await this.#second?.release()
  }
}
