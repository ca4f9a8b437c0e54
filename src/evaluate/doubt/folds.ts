import type { SplitImage } from '../split-image.js'
import { rankedUnits } from '../split-units.js'

export interface FoldOptions {
  /** Number of folds, at least 2. */
  readonly folds: number
  readonly seed: number
  /** Images that are in no fold. */
  readonly without: ReadonlySet<number>
}

/**
 * The fold of each image, [n], −1 for those in none: every class is dealt out evenly by content and seed, byte-equal images together.
 *
 * @param labels class of each image, [n].
 */
export function foldsOf(images: readonly SplitImage[], labels: Int32Array, { folds, seed, without }: FoldOptions): Int32Array {
  const members = new Map<number, number[]>()
  labels.forEach((label, index) => {
    if (without.has(index)) return
    const known = members.get(label)
    if (known) known.push(index)
    else members.set(label, [index])
  })
  const fold = new Int32Array(images.length).fill(-1)
  let next = 0 // goes on from class to class, so that folds of many small classes are equally large
  for (const of of members.values()) {
    for (const unit of rankedUnits(of, images, seed)) {
      for (const index of unit.members) fold[index] = next % folds
      next++
    }
  }
  return fold
}
