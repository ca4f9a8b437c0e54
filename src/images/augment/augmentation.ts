/** Numbers from `low` to `high`, all of them equally likely. */
export interface Range {
  readonly low: number
  readonly high: number
}

/**
 * What may happen to a view of an image, each at most once and with its own probability; see docs/images.md.
 *
 * In the order of application, seen from the finished view: mirrored last, cropped first, light at the very end.
 */
export const stepNames = ['flip', 'vflip', 'zoom', 'shift', 'rotate', 'crop', 'brightness', 'lighting'] as const
export type StepName = (typeof stepNames)[number]

export interface AugmentStep {
  readonly name: StepName
  /** What is drawn from it; of flip and vflip there is none. */
  readonly range: Range
  /** Whether zoom treats both axes alike: as it was given as a range. */
  readonly alike: boolean
  readonly probability: number
}

/** A parsed specification. */
export interface Augmentation {
  readonly steps: readonly AugmentStep[]
  /** The one spelling of it: it is part of the codes' identity. */
  readonly text: string
}

/** What one view of each image is made by. */
export interface AugmentedView {
  readonly augmentation: Augmentation
  readonly seed: number
  /** From 1 on: view 0 is the plain image. */
  readonly view: number
}
