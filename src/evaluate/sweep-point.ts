import type { Pool } from '../cache/pool-codes.js'
import type { SeriesKey } from './series.js'

/** One point of a learning curve: the test accuracy of heads trained on sub-samples of one size. */
export interface SweepPoint extends SeriesKey {
  readonly pool: Pool
  /** Cap of training images in each class, that of the largest class for `max`; in a sweep over totals their mean. */
  readonly perClass: number
  /** Training images of all classes together; null in a sweep over images per class. */
  readonly total: number | null
  /** Training images actually used, all classes together. */
  readonly trainImages: number
  /** Mean over the classes: less than `perClass` where some have fewer. */
  readonly meanPerClass: number
  /** Classes that have fewer than `perClass` training images; none in a sweep over totals. */
  readonly shortClasses: number
  readonly repeats: number
  /** Mean test accuracy over the repeats, 0…1. */
  readonly mean: number
  /** 95 % interval (Student's t over the repeats); null where there is none: one repeat, or the same images in each. */
  readonly low: number | null
  readonly high: number | null
  readonly accuracies: readonly number[]
  /** The same without the test images whose picture was to train or choose on; null where there are none. */
  readonly cleanAccuracies: readonly number[] | null
  /** λ that was chosen, or given; null where the head has none. */
  readonly l2: number | null
}

/** Where a point lies on the axis of sizes: images in all, or the mean of images per class. */
export function sizeOf({ total, meanPerClass }: Pick<SweepPoint, 'total' | 'meanPerClass'>): number {
  return total ?? meanPerClass
}
