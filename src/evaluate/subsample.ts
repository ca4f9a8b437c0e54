import { rankHash } from './rank-hash.js'
import type { Split, SplitImage } from './split.js'

/** A part of the train part with at most k images of each class. */
export interface Subsample {
  readonly samples: Int32Array
  /** Classes that have fewer than k images and gave all of them. */
  readonly shortClasses: number
  /** Every class gave all it has: every repeat is the same. */
  readonly exhausted: boolean
}

/**
 * k train images of each class, nested in k: ranked by a hash of seed, repeat and content, the first k are taken.
 */
export function subsample(
  images: readonly SplitImage[],
  { train, labels, classes }: Split,
  k: number,
  seed: number,
  repeat: number,
): Subsample {
  const byClass: { index: number; rank: string }[][] = classes.map(() => [])
  for (const index of train) byClass[labels[index] ?? 0]?.push({ index, rank: rankHash([seed, repeat], images[index]?.sha256 ?? '') })
  const chosen = byClass.map((members) => members.sort((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, k))
  return {
    samples: Int32Array.from(chosen.flatMap((members) => members.map(({ index }) => index))),
    shortClasses: byClass.filter((members) => members.length < k).length,
    exhausted: byClass.every((members) => members.length <= k),
  }
}
