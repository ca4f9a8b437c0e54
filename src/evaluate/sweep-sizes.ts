import { UserError, usageError } from '../base/errors.js'
import { labelsOf, type Split } from './split.js'

/** A size of sub-samples: images of each class, or of all classes together. */
export interface SweepSize {
  readonly unit: 'per-class' | 'total'
  readonly count: number
}

export interface SweepSizeOptions {
  /** Images of each class; a class that has fewer gives all it has; `max`: all train images. Default 5, 10, 15, 20, 25, 30. */
  readonly perClass?: readonly (number | 'max')[] | undefined
  /** Instead: images of all classes together, in proportion to the classes' sizes. */
  readonly total?: readonly number[] | undefined
  readonly onNote?: ((text: string) => void) | undefined
}

const usual = [5, 10, 15, 20, 25, 30]

/**
 * The sizes of a sweep in ascending order, each once. Without more the usual ones, of those that exceed every class `max` in their place.
 *
 * @throws UserError for sizes that the train part cannot give, and for images per class where images have several labels.
 */
export function sweepSizes(parts: Split, labelFile: string | undefined, options: SweepSizeOptions): SweepSize[] {
  const { perClass, total } = options
  if (perClass && total) throw usageError('--total', 'given without --per-class', total.join(','), 'Leave out one of them.')
  if (total) return totals(total, parts, options)
  if (parts.targets)
    throw new UserError(
      `Expected one label for each image to count --per-class, found images with several or none in ${labelFile}. Use --total, which counts images of all labels together.`,
      2,
    )
  const largest = Math.max(...classSizes(parts))
  const counts = perClass?.map((count) => (count === 'max' ? largest : count)) ?? usualUpTo(largest, options)
  const beyond = counts.find((count) => count > largest)
  if (beyond !== undefined)
    throw new UserError(
      `Expected --per-class to be at most ${largest}, the training images of the largest class, got ${beyond}. Choose smaller sizes, or a larger --split.`,
      2,
    )
  return ascending(counts).map((count) => ({ unit: 'per-class', count }))
}

function usualUpTo(largest: number, { onNote }: SweepSizeOptions): number[] {
  const within = usual.filter((count) => count <= largest)
  if (within.length === usual.length) return usual
  onNote?.(
    `The largest class has ${largest} training images: of the usual sizes ${usual.join(', ')} those above give way to max, all of them.`,
  )
  return [...within, largest]
}

function totals(total: readonly number[], parts: Split, { onNote }: SweepSizeOptions): SweepSize[] {
  const beyond = total.find((count) => count > parts.train.length)
  if (beyond !== undefined)
    throw new UserError(
      `Expected --total to be at most ${parts.train.length}, the training images, got ${beyond}. Choose smaller sizes, or a larger --split.`,
      2,
    )
  const counts = ascending(total)
  const small = counts.filter((count) => count < parts.classes.length)
  if (small.length > 0 && !parts.targets)
    onNote?.(`Some of the ${parts.classes.length} classes have no image in a total of ${small.join(', ')}.`)
  return counts.map((count) => ({ unit: 'total', count }))
}

const ascending = (counts: readonly number[]) => [...new Set(counts)].sort((a, b) => a - b)

/** Train images of each class. */
function classSizes(parts: Split): number[] {
  const counts = parts.classes.map(() => 0)
  for (const label of labelsOf(parts, parts.train)) counts[label] = (counts[label] ?? 0) + 1
  return counts
}
