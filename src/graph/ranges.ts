import type { Range } from './affine.js'

/** What calibration finds out about a tensor. */
export interface CalibratedRange extends Range {
  /** Mean of each channel (the axis behind the batch). */
  readonly means: Float32Array
}

/** By the tensors' names: those that `calibrationGraph` gives, and the image. */
export type Ranges = ReadonlyMap<string, CalibratedRange>
