import type { Fields } from '../../base/json.js'
import { isDtype } from '../dtype.js'
import type { ExchangeRow } from './exchange-row.js'

const isWhole = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most

/**
 * Checks the cells of a row.
 *
 * @param at the row's number, from 1, for messages.
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export function readRow({ path, label, part, image, view, dtype, crc }: Fields, at: number): ExchangeRow {
  const bad = (name: string, rule: string, found: unknown) => new Error(`in row ${at} ${name} is ${JSON.stringify(found)}, not ${rule}`)
  if (typeof image !== 'string' || !/^[0-9a-f]{64}$/.test(image)) throw bad('image', 'a sha256 in hex', image)
  if (view !== 0) throw bad('view', '0, the plain image', view)
  if (!isDtype(dtype)) throw bad('dtype', 'float16 or float32', dtype)
  if (!isWhole(crc, 2 ** 32 - 1)) throw bad('crc', 'a checksum', crc)
  return { path: text(path), label: text(label), part: text(part), image, view, dtype, crc }
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

/** A number as text, as CSV has it; undefined where it is none. */
export function numberOf(cell: string | undefined): number | undefined {
  return cell === undefined || cell.trim() === '' ? undefined : Number(cell)
}
