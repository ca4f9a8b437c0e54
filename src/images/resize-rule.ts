import { usageError } from '../base/errors.js'

/** The whole image's short side to N pixels, of which the middle is taken. */
export type CropRule = `crop:${number}`

/**
 * How an image of any size becomes the network's square; docs/images.md says which library each one equals.
 *
 * squish: both sides at once, the ratio lost. keras-nearest, tf-bilinear: likewise, without antialiasing.
 * crop:N: the short side to N, then the middle. pad: the whole image inside the square, black around it.
 */
export type ResizeRule = 'squish' | 'keras-nearest' | 'tf-bilinear' | 'pad' | CropRule

const named = ['squish', 'keras-nearest', 'tf-bilinear', 'pad'] as const

/** No leading zeros: the rule's text is part of every code's identity, so each rule has one. */
const crop = /^crop:[1-9]\d{0,4}$/

/** A user's text as a rule. */
export function toResizeRule(text: string): ResizeRule {
  const rule = named.find((name) => name === text) ?? (isCrop(text) ? text : undefined)
  if (rule === undefined) throw usageError('--resize', `one of ${named.join(', ')} or crop:N, such as crop:256`, text)
  return rule
}

/** Refuses a crop that the image, made so small, cannot fill. */
export function checkResizeRule(rule: ResizeRule, size: number): ResizeRule {
  if (isCrop(rule) && cropSide(rule) < size)
    throw usageError('--resize', `crop:N with N of at least ${size}, the side of the network's input`, rule)
  return rule
}

export function isCrop(rule: string): rule is CropRule {
  return crop.test(rule)
}

/** The N of crop:N. */
export function cropSide(rule: CropRule): number {
  return Number(rule.slice('crop:'.length))
}
