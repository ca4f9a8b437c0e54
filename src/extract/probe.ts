import { availableParallelism } from 'node:os'
import { BadImage } from '../images/bad-image.js'
import { type LoadedFile, loadFile } from './load-file.js'
import type { ExtractSeveralOptions } from './options.js'
import type { Target } from './target.js'
import { WorkerPool } from './worker-pool.js'
import { batchSize, workerSetup } from './worker-setup.js'

/** What a short trial tells. */
export interface Probe {
  /** For each target the code's shape, channels last; empty where no image of the first batch gave a code. */
  readonly shapes: readonly (readonly number[])[]
  readonly imagesPerSecond: number
}

/** Times two batches a thread, spread over the files, after one that warms up. */
export async function probe(targets: readonly Target[], paths: readonly string[], options: ExtractSeveralOptions): Promise<Probe> {
  const { workers = availableParallelism(), dtype = 'float16' } = options
  const pool = await WorkerPool.start(await workerSetup(targets), workers)
  try {
    const size = batchSize(targets, options.batch)
    const wanted = Math.min(paths.length, 2 * workers * size)
    const sample = Array.from({ length: wanted }, (_, i) => paths[Math.floor((i * paths.length) / wanted)] ?? '')
    const images = (await Promise.all(sample.map(tryLoad))).flatMap((file) => (file ? [file.bytes] : []))
    const batches = Array.from({ length: Math.ceil(images.length / size) }, (_, i) => images.slice(i * size, (i + 1) * size))
    const code = (group: readonly Uint8Array[]) =>
      pool.code(
        group,
        targets.map(() => ({ images: [...group.keys()], dtype })),
      )
    const first = await code(batches[0] ?? [])
    const started = performance.now()
    await Promise.all(batches.map(code))
    const imagesPerSecond = images.length / ((performance.now() - started) / 1000)
    return { shapes: first.results.map(({ shape }) => shape), imagesPerSecond }
  } finally {
    await pool.close()
  }
}

/** A file's bytes, or undefined where it cannot be read. */
export async function tryLoad(path: string): Promise<LoadedFile | undefined> {
  return loadFile(path).catch((error: unknown) => {
    if (error instanceof BadImage) return undefined
    throw error
  })
}
