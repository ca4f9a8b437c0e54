import type { WindowSettings } from './window-pads.js'

/** What the gradients of a convolution need to know of it. */
export interface ConvParts {
  /** The kernel's shape: [out, in / groups, height, width]. */
  readonly dims: readonly number[]
  readonly groups: number
  readonly window: WindowSettings
}
