import { UserError, usageError } from '../base/errors.js'
import type { BackboneOptions, InputRule } from './backbone.js'

/**
 * The side of a user's network's images: what its file fixes, or what was asked for.
 *
 * @param side what the file fixes, in pixels.
 */
export function chooseSize(asked: number | undefined, side: number | undefined, path: string): number {
  if (side === undefined && asked === undefined) {
    throw new UserError(
      `Expected --size for ${path}, whose input has no fixed height and width, got none. Add --size 224 or what it was trained with.`,
      2,
    )
  }
  if (side !== undefined && asked !== undefined && asked !== side) {
    throw usageError('--size', `${side}, which ${path} fixes`, asked, 'Leave the option out.')
  }
  return side ?? asked ?? 0
}

/** How a user's network wants its pixels: by --mean and --scale, or else as its file says. */
export function inputRule({ mean, scale }: BackboneOptions, kept?: InputRule): InputRule {
  if (kept && mean === undefined && scale === undefined) return kept
  return { order: 'rgb', mean: triple('--mean', mean ?? [0]), scale: divisors(scale ?? [1]) }
}

function triple(option: string, values: readonly number[]): [number, number, number] {
  const [first, second = first, third = first] = values
  if (
    first === undefined ||
    second === undefined ||
    third === undefined ||
    ![1, 3].includes(values.length) ||
    !values.every(Number.isFinite)
  ) {
    throw usageError(option, 'one number or three, as in 127.5 or 123.7,116.3,103.5', values.join())
  }
  return [first, second, third]
}

function divisors(values: readonly number[]): [number, number, number] {
  if (values.includes(0)) throw usageError('--scale', 'numbers other than 0 (pixels are divided by them)', values.join())
  return triple('--scale', values)
}
