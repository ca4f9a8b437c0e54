import { UserError } from '../base/errors.js'

/** An input as a model's file states it: the batch first, the channels last, null for any number; no sides where it does not say. */
export interface StatedInput {
  readonly name: string
  readonly shape: readonly (number | null)[]
}

/**
 * The side of the images that a model takes, in pixels; undefined where it takes any.
 *
 * @throws UserError when it does not take one batch of square images of 3 channels.
 */
export function imageSide(inputs: readonly StatedInput[], path: string): number | undefined {
  const [{ shape } = { shape: [] }] = inputs
  const [height, width, channels] = shape.slice(1)
  const fits = inputs.length === 1 && (shape.length === 0 || (shape.length === 4 && channels === 3))
  const found = inputs.map((input) => `"${input.name}" [${input.shape.map((side) => side ?? '?').join(', ')}]`).join(', ') || 'no input'
  if (!fits) throw new UserError(`Expected ${path} to take one batch of images of 3 channels, [n, h, w, 3]; found ${found}.`)
  const sides = [height, width].filter((side) => typeof side === 'number')
  if (new Set(sides).size > 1) throw new UserError(`Expected ${path} to take square images, found ${found}.`)
  return sides[0]
}
