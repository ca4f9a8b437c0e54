import type { CodeArray } from '../cache/dtype.js'
import type { EngineInfo } from '../engine/engine-info.js'
import type { Target } from '../extract/target.js'
import { WorkerPool } from '../extract/worker-pool.js'
import { batchSize, type CrewOptions, workerSetup } from '../extract/worker-setup.js'
import { bundleTarget } from './bundle-target.js'
import { classifierGraph } from './classifier-graph.js'
import type { Bundle } from './load-bundle.js'
import { checkPixels } from './self-check.js'

/** What a classifier says of an image: a probability for each label, or in a sentence why it says nothing, and a `BadImageCode`. */
export type Answer = { readonly probabilities: Float32Array } | { readonly refused: string; readonly cause: string }

export interface ClassifierOptions extends CrewOptions {
  /** Where a network that is not inside the bundle is looked for. */
  readonly cache: string
  /** Images in a run of the network, default what suits the device. */
  readonly batch?: number | undefined
  /** Larger images are refused; default as in `codes`. */
  readonly pixelLimit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A bundle's whole network at work on threads: bytes of image files in, probabilities out. The caller closes it. */
export class Classifier {
  /** Images in a batch that suit the device. */
  readonly batch: number
  /** What the network runs on. */
  readonly on: EngineInfo
  readonly #pool: WorkerPool

  private constructor(pool: WorkerPool, { on, batch }: { readonly on: EngineInfo; readonly batch: number }) {
    this.#pool = pool
    this.on = on
    this.batch = batch
  }

  /**
   * Loads the network into every thread, and has it answer the self-test where the bundle has pixels.
   *
   * @throws UserError where the network cannot be had or run, or answers otherwise than it did.
   */
  static async open(bundle: Bundle, { cache, batch, pixelLimit, signal, ...options }: ClassifierOptions): Promise<Classifier> {
    const target = await bundleTarget(bundle, { cache, signal })
    const whole = await withHead(target, bundle)
    const { setup, size, on } = await workerSetup([{ ...whole, pixelLimit }], options)
    const [info] = on
    const [network] = setup.networks
    if (!info || !network) throw new Error('Expected a network')
    await checkPixels(bundle, whole.backbone, network.model)
    return new Classifier(await WorkerPool.start(setup, size), { on: info, batch: batchSize([whole], batch, info) })
  }

  /** Batches that keep every thread at work. */
  get lanes(): number {
    return 2 * this.#pool.size
  }

  /** Answers a batch of images, the bytes of their files, in their order. */
  async classify(images: readonly Uint8Array[]): Promise<Answer[]> {
    const result = await this.#pool.code(images, [{ images: images.map((_, at) => at), dtype: 'float32' }])
    const [one] = result.results
    if (!one) throw new Error('Expected a result')
    const refused = new Map(one.refused.map(({ at, reason, cause }) => [at, { refused: reason, cause }]))
    const rows = rowsOfGood(one.codes, images.length - refused.size)
    let row = 0
    const answers = images.map((_, at): Answer => refused.get(at) ?? { probabilities: copyOfRow(rows, row++) })
    this.#pool.recycle(result)
    return answers
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

/** The target with the bundle's head behind its network. */
export async function withHead(target: Target, bundle: Bundle): Promise<Target> {
  const graph = await classifierGraph(target.backbone, bundle)
  return { ...target, backbone: { ...target.backbone, graph } }
}

interface Rows {
  readonly data: Float32Array
  readonly columns: number
}

function rowsOfGood(codes: CodeArray, rows: number): Rows {
  if (rows === 0) return { data: new Float32Array(0), columns: 0 }
  if (!(codes instanceof Float32Array)) throw new Error('Expected float32')
  return { data: codes, columns: codes.length / rows }
}

/** A copy: the memory goes back to the threads. */
const copyOfRow = ({ data, columns }: Rows, row: number) => data.slice(row * columns, (row + 1) * columns)
