import { availableParallelism } from 'node:os'
import type { ExtractSeveralOptions } from './options.js'
import type { LoadImage } from './read-log.js'
import type { Target } from './target.js'
import { sampleImages, Trial } from './trial.js'

/** What a short trial tells. */
export interface Probe {
  /** For each target the code's shape, channels last; empty where no image of the first batch gave a code. */
  readonly shapes: readonly (readonly number[])[]
  readonly imagesPerSecond: number
}

/** Times two batches a thread, spread over the files, after one that warms up. */
export async function probe(
  targets: readonly Target[],
  { load, paths }: { readonly load: LoadImage; readonly paths: readonly string[] },
  options: ExtractSeveralOptions,
): Promise<Probe> {
  const { workers = availableParallelism(), batch = 8 } = options
  const images = await sampleImages(load, paths, 2 * workers * batch)
  const trial = await Trial.start(targets, options)
  try {
    const first = await trial.code(images.slice(0, trial.batch))
    const { seconds } = await trial.code(images)
    return { shapes: targets.map((_, which) => first.results[0]?.[which]?.shape ?? []), imagesPerSecond: images.length / seconds }
  } finally {
    await trial.close()
  }
}
