import { UserError, usageError } from '../base/errors.js'
import type { SplitImage } from './split.js'
import { labelsOf, type Split } from './split.js'
import { type Draw, type Subsample, subsample, subsampleTotal } from './subsample.js'

export interface SizeOptions {
  /** Images of each class, ascending or not; max: all that each class has. Default 5, 10, 15, 20, 25, 30, as far as there are so many. */
  readonly perClass?: readonly (number | 'max')[] | undefined
  /** Images in all, instead. */
  readonly total?: readonly number[] | undefined
  /** Told where the default sizes are cut. */
  readonly onNote?: ((text: string) => void) | undefined
}

/** A size of a sweep. */
export interface SweepSize {
  /** Cap of images of each class; null where `total` says the size. */
  readonly perClass: number | null
  readonly total: number | null
}

const usual: readonly number[] = [5, 10, 15, 20, 25, 30]

/**
 * The sizes of a sweep, ascending, each once.
 *
 * @throws UserError for sizes beyond what there is, and for --per-class where images have several labels.
 */
export function sweepSizes(parts: Split, options: SizeOptions & { readonly labels: string | undefined }): SweepSize[] {
  const { perClass, total, labels } = options
  if (perClass && total) throw usageError('--total', 'left out where --per-class is given', total.join(','))
  if (total) return ascending(total).map((size) => checkTotal(size, parts))
  if (parts.targets) {
    throw new UserError(
      `Expected one label for each image to count --per-class, found images with several or none in ${labels}. Use --total, which counts images of all labels together.`,
      2,
    )
  }
  const largest = largestClass(parts)
  const sizes = perClass ? perClass.map((size) => (size === 'max' ? largest : size)) : defaultSizes(largest, options)
  const beyond = sizes.find((size) => size > largest)
  if (beyond !== undefined) {
    throw new UserError(
      `Expected --per-class to be at most ${largest}, the training images of the largest class, got ${beyond}. Choose smaller sizes, or a larger --split.`,
      2,
    )
  }
  return ascending(sizes).map((size) => ({ perClass: size, total: null }))
}

function defaultSizes(largest: number, { onNote }: SizeOptions): readonly number[] {
  if (usual.every((size) => size <= largest)) return usual
  const sizes = [...usual.filter((size) => size < largest), largest]
  onNote?.(`The largest class has ${largest} training images, so the sizes are ${sizes.join(', ')}.`)
  return sizes
}

function checkTotal(total: number, { train, classes }: Split): SweepSize {
  if (total <= train.length && total >= classes.length) return { perClass: null, total }
  throw usageError('--total', `from ${classes.length}, one image of each class, to ${train.length}, the images to train on`, total)
}

/** The images of a size, in one of its repeats. */
export function drawSize(images: readonly SplitImage[], parts: Split, { perClass, total }: SweepSize, draw: Draw): Subsample {
  return total === null ? subsample(images, parts, perClass ?? 0, draw) : subsampleTotal(images, parts, total, draw)
}

function largestClass(parts: Split): number {
  const counts = parts.classes.map(() => 0)
  for (const label of labelsOf(parts, parts.train)) counts[label] = (counts[label] ?? 0) + 1
  return Math.max(...counts)
}

const ascending = (sizes: readonly number[]) => [...new Set(sizes)].sort((a, b) => a - b)
