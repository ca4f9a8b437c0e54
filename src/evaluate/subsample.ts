import { rankHash } from './rank-hash.js'
import type { Split, SplitImage } from './split.js'

/** A part of the train part. */
export interface Subsample {
  readonly samples: Int32Array
  /** Classes that have fewer images than asked for and gave all of them. */
  readonly shortClasses: number
  /** Every class gave all it has: every repeat is the same. */
  readonly exhausted: boolean
}

/** Which sub-sample: each repeat has a ranking of its own. */
export interface Draw {
  readonly seed: number
  readonly repeat: number
}

/**
 * k train images of each class, nested in k: ranked by a hash of seed, repeat and content, the first k are taken.
 */
export function subsample(images: readonly SplitImage[], split: Split, k: number, draw: Draw): Subsample {
  const byClass = ranked(images, split, draw)
  return {
    samples: Int32Array.from(byClass.flatMap((members) => members.slice(0, k))),
    shortClasses: byClass.filter((members) => members.length < k).length,
    exhausted: byClass.every((members) => members.length <= k),
  }
}

/**
 * `total` train images, nested in it, in proportion to the classes: member r of a class of n takes place (r + ½) / n among all, but
 * the first one of each comes before.
 */
export function subsampleTotal(images: readonly SplitImage[], split: Split, total: number, draw: Draw): Subsample {
  const byClass = ranked(images, split, draw)
  const places = byClass.flatMap((members) => members.map((index, r) => ({ index, place: r === 0 ? 0 : (r + 0.5) / members.length })))
  const chosen = places.sort((a, b) => a.place - b.place).slice(0, total)
  return { samples: Int32Array.from(chosen, ({ index }) => index), shortClasses: 0, exhausted: total >= places.length }
}

/** The train images of each class in this repeat's ranking; in a multi-label set of each rarest label, and of none. */
function ranked(images: readonly SplitImage[], { train, labels }: Split, { seed, repeat }: Draw): number[][] {
  const byClass = new Map<number, { index: number; rank: string }[]>()
  for (const index of train) {
    const label = labels[index] ?? 0
    const member = { index, rank: rankHash([seed, repeat], images[index]?.sha256 ?? '') }
    const members = byClass.get(label)
    if (members) members.push(member)
    else byClass.set(label, [member])
  }
  const classes = [...byClass].sort(([a], [b]) => a - b)
  return classes.map(([, members]) => members.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ index }) => index))
}
