import { rankHash } from './rank-hash.js'
import type { Split, SplitImage } from './split.js'
import type { SweepSize } from './sweep-sizes.js'

/** A part of the train part. */
export interface Subsample {
  readonly samples: Int32Array
  /** Classes that have fewer images than asked for and gave all of them. */
  readonly shortClasses: number
  /** All train images: every repeat is the same. */
  readonly exhausted: boolean
}

/** The train images of each class in the order in which sub-samples take them; in a multi-label set those that share their rarest label. */
export type RankedTrain = readonly (readonly number[])[]

/** Ranks by a hash of seed, repeat and content: sub-samples are nested in size, and no name plays a role. */
export function rankTrain(
  images: readonly SplitImage[],
  { train, labels, classes }: Split,
  { seed, repeat }: { readonly seed: number; readonly repeat: number },
): RankedTrain {
  const strata: { index: number; rank: string }[][] = Array.from({ length: classes.length + 1 }, () => [])
  for (const index of train) strata[labels[index] ?? 0]?.push({ index, rank: rankHash([seed, repeat], images[index]?.sha256 ?? '') })
  const ranked = strata.map((members) => members.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ index }) => index))
  return (ranked.at(-1)?.length ?? 0) > 0 ? ranked : ranked.slice(0, -1)
}

/** The first images of each class: as many as asked for, or in proportion to the classes' sizes. */
export function subsample(ranked: RankedTrain, size: SweepSize): Subsample {
  const counts = size.unit === 'per-class' ? ranked.map(() => size.count) : proportional(ranked, size.count)
  const chosen = ranked.map((members, at) => members.slice(0, counts[at]))
  return {
    samples: Int32Array.from(chosen.flat()),
    shortClasses: size.unit === 'total' ? 0 : ranked.filter(({ length }) => length < size.count).length,
    exhausted: ranked.every(({ length }, at) => length <= (counts[at] ?? 0)),
  }
}

/**
 * Images of each class in a sub-sample of `total`: one each as far as the total goes, the largest classes first, then by
 * Sainte-Laguë's divisors, (k + ½) / n for a class's image k of n. Within one image of the exact share as largest remainders are;
 * those would take an image away from a class where the total grows (the Alabama paradox), and sub-samples could not be nested.
 */
function proportional(ranked: RankedTrain, total: number): number[] {
  const turns = ranked.flatMap(({ length }, at) =>
    Array.from({ length }, (_, k) => ({ at, later: k > 0, turn: (k + 0.5) / length, size: length })),
  )
  turns.sort((a, b) => Number(a.later) - Number(b.later) || a.turn - b.turn || b.size - a.size || a.at - b.at)
  const counts = ranked.map(() => 0)
  for (const { at } of turns.slice(0, total)) counts[at] = (counts[at] ?? 0) + 1
  return counts
}
