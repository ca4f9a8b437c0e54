import type { Pool } from '../../cache/pool-codes.js'

/** An image, and how much its label is to be doubted. */
export type DoubtedImage = {
  readonly path: string
  readonly sha256: string
  readonly label: string
  /** Probability of its own label by a head that has not seen it. */
  readonly selfConfidence: number
  /** The most probable class, and its probability. */
  readonly suggested: string
  readonly confidence: number
  /** Whether confident learning counts it as of another class: `suggested`. */
  readonly isError: boolean
}

/** An image that lies elsewhere than it should. */
export type OddImage = {
  readonly path: string
  readonly label: string
  /** Mean cosine to its nearest images (outliers), or to those of its class. */
  readonly similarity: number
  /** The other class that is nearest, and the mean cosine to it. */
  readonly nearest: string
  readonly nearestSimilarity: number
}

/** A class's labels as a whole. */
export type ClassDoubt = {
  readonly label: string
  readonly images: number
  /** Estimated images with this label that are of another class. */
  readonly estimatedErrors: number
  /** Mean of the images' self-confidence; null where the class is too small. */
  readonly selfConfidence: number | null
  /** Fewer different images than folds: its labels are not judged. */
  readonly isTooSmall: boolean
}

/** What `findLabelDoubt` found. */
export type LabelDoubt = {
  /** The data folder: paths are below it. */
  readonly data: string
  readonly images: number
  readonly judged: number
  readonly model: string
  readonly pool: Pool
  readonly folds: number
  readonly l2: number
  readonly seed: number
  /** Accuracy of the out-of-fold predictions against the labels as they are given. */
  readonly accuracy: number
  readonly estimatedErrors: number
  /** Byte-equal images in different classes: one of the labels is wrong; not judged. */
  readonly conflicts: readonly (readonly string[])[]
  /** All judged images, those of the least self-confidence first. */
  readonly doubts: readonly DoubtedImage[]
  /** All images, those that are least like their nearest images first. */
  readonly outliers: readonly OddImage[]
  /** Images that are, on the mean, more like another class than like their own, by how much. */
  readonly farFromClass: readonly OddImage[]
  readonly classes: readonly ClassDoubt[]
  readonly seconds: number
}
