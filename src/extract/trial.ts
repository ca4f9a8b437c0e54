import { tryToLoad } from './image-loader.js'
import type { NetworkResult } from './messages.js'
import type { ExtractSeveralOptions } from './options.js'
import type { LoadImage } from './read-log.js'
import type { Target } from './target.js'
import { WorkerPool } from './worker-pool.js'
import { batchSize, workerSetup } from './worker-setup.js'

/** What is told of a batch whose codes are thrown away. */
export type TrialResult = Omit<NetworkResult, 'codes'>

/** Threads that code images for a try, and throw the codes away. */
export class Trial {
  /** Images in a batch. */
  readonly batch: number
  readonly #pool: WorkerPool
  readonly #targets: readonly Target[]
  readonly #dtype: NetworkResult['dtype']

  private constructor(
    pool: WorkerPool,
    targets: readonly Target[],
    { batch, dtype = 'float16' }: Pick<Trial, 'batch'> & Pick<ExtractSeveralOptions, 'dtype'>,
  ) {
    this.#pool = pool
    this.#targets = targets
    this.#dtype = dtype
    this.batch = batch
  }

  static async start(targets: readonly Target[], options: ExtractSeveralOptions): Promise<Trial> {
    const { setup, size, on } = await workerSetup(targets, options)
    const batch = Math.min(...on.map((one) => batchSize(targets, options.batch, one)))
    return new Trial(await WorkerPool.start(setup, size), targets, { batch, dtype: options.dtype })
  }

  /** Codes images, as many batches at once as there are threads; results by batch and target. */
  async code(images: readonly Uint8Array[]): Promise<{ seconds: number; results: (readonly TrialResult[])[] }> {
    const { batch } = this
    const batches = Array.from({ length: Math.ceil(images.length / batch) }, (_, i) => images.slice(i * batch, (i + 1) * batch))
    const started = performance.now()
    const results = await Promise.all(batches.map((group) => this.#one(group)))
    return { seconds: (performance.now() - started) / 1000, results }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async #one(images: readonly Uint8Array[]): Promise<readonly TrialResult[]> {
    const wanted = this.#targets.map(() => ({ images: [...images.keys()], dtype: this.#dtype }))
    const result = await this.#pool.code(images, wanted)
    this.#pool.recycle(result) // as `codes` does, whose speed is to be told
    return result.results
  }
}

/** The bytes of so many files, spread evenly over all of them; those that cannot be read are left out. */
export async function sampleImages(load: LoadImage, paths: readonly string[], wanted: number): Promise<Uint8Array[]> {
  const count = Math.min(paths.length, wanted)
  const sample = Array.from({ length: count }, (_, i) => paths[Math.floor((i * paths.length) / count)] ?? '')
  return (await Promise.all(sample.map((path) => tryToLoad(load, path)))).flatMap((file) => file?.bytes ?? [])
}
