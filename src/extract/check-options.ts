import { availableParallelism } from 'node:os'
import { usageError } from '../base/errors.js'
import { loadJpegTurbo } from '../images/load-jpeg-turbo.js'
import { decoders } from '../images/preprocessing.js'
import { toResizeRule } from '../images/resize-rule.js'
import { checkViews } from './in-views.js'
import type { ExtractSeveralOptions } from './options.js'
import { checkShard } from './shard-of-files.js'

/** Each thread has a network and its working memory of its own; more threads than cores gain nothing. */
const threadsPerCore = 4

/** Images; a network of usual size takes some 10 MB of working memory for each. */
const largestBatch = 1024

/** Side of the largest input, in pixels: eight images of it take 0.4 GB. */
const largestSize = 2048

/** More would need more than 2 GiB an image, and overflow libjpeg-turbo's binding. */
const mostPixels = 700_000_000

/** What callers without types may get wrong: another word would make other codes, or a second key for the same ones. */
const choices: Readonly<Record<string, readonly unknown[]>> = {
  decoders,
  alpha: ['white', 'drop'],
  truncated: ['reject', 'accept'],
  exif: [true, false],
  dtype: ['float16', 'float32'],
  precisions: ['float32', 'int8'],
}

/** Refuses numbers that would make a run without end, and options that do not go together; the command line has its own, stricter rules. */
export function checkOptions<T extends ExtractSeveralOptions>(options: T): T {
  for (const name of ['batch', 'workers', 'pixelLimit'] as const) {
    const value = options[name] ?? 1
    if (!Number.isSafeInteger(value) || value < 1) throw usageError(name, 'a whole number above 0', value)
  }
  const mostWorkers = threadsPerCore * availableParallelism()
  if (options.workers !== undefined && options.workers > mostWorkers)
    throw usageError('--workers', `at most ${mostWorkers}, ${threadsPerCore} for each core`, options.workers)
  if (options.batch !== undefined && options.batch > largestBatch) throw usageError('--batch', `at most ${largestBatch}`, options.batch)
  if (options.size !== undefined && options.size > largestSize) throw usageError('--size', `at most ${largestSize}`, options.size)
  options.resizes?.forEach(toResizeRule)
  checkViews(options)
  if (options.shard) checkShard(options.shard)
  for (const [name, known] of Object.entries(choices)) {
    const found = [Reflect.get(options, name) ?? []].flat().find((value) => !known.includes(value))
    if (found !== undefined) throw usageError(name, known.join(' or '), found)
  }
  if (options.pixelLimit !== undefined && options.pixelLimit > mostPixels)
    throw usageError('--pixel-limit', `at most ${mostPixels}`, options.pixelLimit)
  if (options.recalibrate && !options.precisions?.includes('int8')) {
    throw usageError('--precision', 'int8 with --recalibrate', options.precisions?.join() ?? 'float32', 'Leave out --recalibrate.')
  }
  if (options.engine === 'tensorflow' && options.precisions?.includes('int8')) {
    throw usageError('--precision', 'float32 with --engine tensorflow', 'int8', 'Leave out --engine, or use float32.')
  }
  if (options.decoders?.includes('fast')) loadJpegTurbo() // says at once where it is not there
  return options
}
