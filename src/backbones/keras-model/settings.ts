import { Unconvertible } from '../unconvertible.js'
import { type KerasLayer, titleOf } from './topology.js'

/** A value of a kind, or undefined where it is none. */
export type Reader<T> = (value: unknown) => T | undefined

/**
 * A setting of a layer's configuration.
 *
 * @param options `fallback`: where it is missing or null.
 * @throws Unconvertible when it is of another kind, or missing without a fallback.
 */
export function setting<T>(layer: KerasLayer, key: string, { as, fallback }: { readonly as: Reader<T>; readonly fallback?: T }): T {
  const given = layer.config[key] ?? undefined
  const value = given === undefined ? fallback : as(given)
  if (value !== undefined) return value
  throw new Unconvertible(`${titleOf(layer)} with ${JSON.stringify(key)}: ${JSON.stringify(given) ?? 'not given'}`)
}

/** More would be a mistake, or a way to fill the memory. */
const largest = 2 ** 24

export const count: Reader<number> = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= largest ? value : undefined

export const integer: Reader<number> = (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined)

export const real: Reader<number> = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined)

export const text: Reader<string> = (value) => (typeof value === 'string' ? value : undefined)

/** One number, or one for each channel. */
export const numberOrList: Reader<number | readonly number[]> = (value) => real(value) ?? listOf(real)(value)

/** [height, width], or one number for both. */
export const sides: Reader<readonly [number, number]> = (value) => {
  const [height, width] = count(value) === undefined ? (listOf(count)(value) ?? []) : [count(value), count(value)]
  return height !== undefined && width !== undefined ? [height, width] : undefined
}

export function listOf<T>(as: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined
    const items = value.flatMap((item) => as(item) ?? [])
    return items.length === value.length ? items : undefined
  }
}

export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => words.find((word) => word === value)
}
