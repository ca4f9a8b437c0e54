import type { ImageSize } from './pixels.js'
import type { Filter } from './resample-coefficients.js'
import { type CropRule, cropSide, isCrop, type ResizeRule } from './resize-rule.js'

/** One axis of an image on its way to the target: `input` pixels are scaled to `scaled` ones, of which a part is made. */
export interface AxisFit {
  readonly input: number
  readonly scaled: number
  /** The first of the scaled pixels that is made, and how many are. */
  readonly from: number
  readonly length: number
  /** Where the first one lies in the target; what none covers is black. */
  readonly at: number
}

export interface ImageFit {
  readonly filter: Filter
  readonly across: AxisFit
  readonly down: AxisFit
}

/** What Pillow's arithmetic does: a rule, or a filter for both sides at once. */
export type PillowRule = Exclude<ResizeRule, 'tf-bilinear'> | Filter

/** Where the pixels of an image of this size go under a rule. */
export function fitImage(image: ImageSize, target: ImageSize, rule: PillowRule): ImageFit {
  if (isCrop(rule)) return cropped(image, target, rule)
  if (rule === 'pad') return padded(image, target)
  const filter = rule === 'squish' ? 'bilinear' : rule === 'keras-nearest' ? 'nearest' : rule
  return { filter, across: stretched(image.width, target.width), down: stretched(image.height, target.height) }
}

const stretched = (input: number, scaled: number): AxisFit => ({ input, scaled, from: 0, length: scaled, at: 0 })

/**
 * The short side to N, the long one to scale and cut to a whole number; then the middle.
 *
 * Source: torchvision, transforms/functional.py, _compute_resized_output_size and center_crop.
 */
function cropped({ width, height }: ImageSize, target: ImageSize, rule: CropRule): ImageFit {
  const side = cropSide(rule)
  if (side < Math.max(target.width, target.height))
    throw new RangeError(`Expected ${rule} to cover ${target.width} × ${target.height} pixels.`)
  const [across, down] = width <= height ? [side, Math.trunc((side * height) / width)] : [Math.trunc((side * width) / height), side]
  return { filter: 'bilinear', across: middle(width, across, target.width), down: middle(height, down, target.height) }
}

function middle(input: number, scaled: number, length: number): AxisFit {
  return { input, scaled, from: roundHalfEven((scaled - length) / 2), length, at: 0 }
}

/**
 * As large as it goes into the target, in the middle. At least one pixel of either side, where Pillow would give none.
 *
 * Source: Pillow, ImageOps.contain and ImageOps.pad.
 */
function padded({ width, height }: ImageSize, target: ImageSize): ImageFit {
  const wider = width / height - target.width / target.height
  const across = wider < 0 ? Math.max(roundHalfEven((width / height) * target.height), 1) : target.width
  const down = wider > 0 ? Math.max(roundHalfEven((height / width) * target.width), 1) : target.height
  return { filter: 'bilinear', across: centred(width, across, target.width), down: centred(height, down, target.height) }
}

function centred(input: number, scaled: number, room: number): AxisFit {
  return { ...stretched(input, scaled), at: roundHalfEven((room - scaled) / 2) }
}

/** Python's round: a half goes to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  return value - below === 0.5 ? below + (below % 2) : Math.round(value)
}
