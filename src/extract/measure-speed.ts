import { availableParallelism } from 'node:os'
import { isSelected } from '../cache/selection.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { scanImages } from '../images/scan-images.js'
import { checkOptions } from './check-options.js'
import { imageLoader } from './image-loader.js'
import { inPrecisions } from './in-precisions.js'
import type { ExtractSeveralOptions } from './options.js'
import { resolveTargets, type Target } from './target.js'
import { sampleImages, Trial } from './trial.js'

/** How fast one kind of code is made; medians. */
export interface CodeSpeed {
  /** Decoding and everything else included, on all threads. */
  readonly imagesPerSecond: number
  /** CPU milliseconds of one image's forward pass. */
  readonly forwardMilliseconds: number
}

/** Each kind is measured so often, in turns, so that a busy moment of the machine meets all of them. */
const rounds = 5

/** Batches of eight images, or what is asked for, of each thread in a round. */
const batches = 4

/** Measures how fast each kind of code is made, on images of the data folder. Nothing is written. */
export async function measureSpeed(options: ExtractSeveralOptions): Promise<CodeSpeed[]> {
  const { data = 'data', cache = 'cache' } = checkOptions(options)
  const scanned = await scanImages(data, cache)
  const targets = await inPrecisions(await resolveTargets(options), scanned, { ...options, recalibrate: false, leases: undefined })
  return measureTargets(targets, scanned, options)
}

/** The same of kinds that are known already. */
export async function measureTargets(
  targets: readonly Target[],
  scanned: ScannedFolder,
  options: ExtractSeveralOptions,
): Promise<CodeSpeed[]> {
  const { workers = availableParallelism(), batch = 8 } = checkOptions(options)
  const paths = scanned.files.flatMap((file) => (isSelected({ ...file, image: undefined }, options) ? file.path : []))
  const images = await sampleImages(imageLoader(scanned.root), paths, batches * workers * batch)
  const trials: Trial[] = []
  try {
    for (const target of targets) trials.push(await Trial.start([target], options))
    const found = trials.map((): CodeSpeed[] => [])
    for (const trial of trials) await trial.code(images.slice(0, trial.batch))
    for (let round = 0; round < rounds; round++) {
      options.signal?.throwIfAborted()
      for (const [which, trial] of trials.entries()) found[which]?.push(await oneRound(trial, images))
    }
    return found.map((speeds) => ({
      imagesPerSecond: median(speeds.map(({ imagesPerSecond }) => imagesPerSecond)),
      forwardMilliseconds: median(speeds.map(({ forwardMilliseconds }) => forwardMilliseconds)),
    }))
  } finally {
    for (const trial of trials) await trial.close()
  }
}

/** None of the sample is an image. */
const notCoded: CodeSpeed = { imagesPerSecond: 0, forwardMilliseconds: 0 }

async function oneRound(trial: Trial, images: readonly Uint8Array[]): Promise<CodeSpeed> {
  const { seconds, results } = await trial.code(images)
  const forward = results.flat().reduce((sum, result) => sum + result.forward, 0)
  const coded = images.length - results.flat().reduce((sum, { refused }) => sum + refused.length, 0)
  return coded === 0 ? notCoded : { imagesPerSecond: coded / seconds, forwardMilliseconds: (1000 * forward) / coded }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
