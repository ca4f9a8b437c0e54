import { usageError } from '../base/errors.js'

/** A decimal fraction as it is written: 0.7 is 7 / 10, not the nearest binary number. */
export interface Fraction {
  readonly numerator: number
  readonly denominator: number
}

/**
 * Reads a decimal from 0 up to but not including 1, with at most 9 places.
 *
 * @param name the option's, for the error.
 */
export function parseFraction(name: string, text: string): Fraction {
  const [, digits] = /^0?\.(\d{1,9})$/.exec(text) ?? (/^0$/.test(text) ? [text, '0'] : [])
  if (digits === undefined) throw usageError(name, 'a decimal from 0 to below 1, such as 0.7', text)
  return { numerator: Number(digits), denominator: 10 ** digits.length }
}

/** ⌊fraction · count⌋ without rounding error, for counts below 2^22. */
export function floorOf({ numerator, denominator }: Fraction, count: number): number {
  return Math.floor((numerator * count) / denominator)
}
