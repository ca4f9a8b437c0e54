import type { Pool } from '../cache/pool-codes.js'

/** One point of a learning curve: the test accuracy of heads trained on `perClass` images of each class. */
export interface SweepPoint {
  readonly model: string
  readonly layer: string
  readonly pool: Pool
  readonly head: string
  /** Cap of training images in each class. */
  readonly perClass: number
  /** Training images actually used, all classes together. */
  readonly trainImages: number
  /** Classes that have fewer than `perClass` training images. */
  readonly shortClasses: number
  readonly repeats: number
  /** Mean test accuracy over the repeats, 0…1. */
  readonly mean: number
  /** 95 % interval (Student's t over the repeats); null where there is none: one repeat, or the same images in each. */
  readonly low: number | null
  readonly high: number | null
  readonly accuracies: readonly number[]
}
