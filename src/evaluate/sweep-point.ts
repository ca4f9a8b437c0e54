import type { Pool } from '../cache/pool-codes.js'

/** What tells the heads of one learning curve from those of another. */
export interface Series {
  readonly model: string
  readonly layer: string
  readonly pool: Pool
  readonly head: string
  readonly solver: string
}

/** One point of a learning curve: the test accuracy of heads trained on `perClass` images of each class, or on `total` in all. */
export interface SweepPoint extends Series {
  /** Cap of training images in each class; where `total` says the size, their mean. */
  readonly perClass: number
  /** Training images in all, where the sizes were given so. */
  readonly total: number | null
  /** Training images actually used, all classes together. */
  readonly trainImages: number
  /** Classes that have fewer than `perClass` training images; 0 where `total` says the size. */
  readonly shortClasses: number
  readonly repeats: number
  /** Mean test accuracy over the repeats, 0…1. */
  readonly mean: number
  /** 95 % interval (Student's t over the repeats); null where there is none: one repeat, or the same images in each. */
  readonly low: number | null
  readonly high: number | null
  readonly accuracies: readonly number[]
  /** λ that was chosen, or given; null where the head has none. */
  readonly l2: number | null
}

/** What the sizes of a sweep count: images of each class, or in all. */
export function sizeOf({ perClass, total }: Pick<SweepPoint, 'perClass' | 'total'>): number {
  return total ?? perClass
}

/** Whether two points lie on one curve. */
export function isSameSeries(a: Series, b: Series): boolean {
  return a.model === b.model && a.layer === b.layer && a.pool === b.pool && a.head === b.head && a.solver === b.solver
}
