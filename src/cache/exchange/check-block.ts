import type { Floats } from '../../base/floats.js'
import type { Float16 } from '../../kernels/float16.js'
import type { CodeArray } from '../dtype.js'
import { inDtype } from './code-blocks.js'
import type { ExchangeMetadata } from './exchange-metadata.js'
import { type CodeBlock, type ExchangeRow, exchangeChecksum } from './exchange-row.js'

/** A row with its code as the cache keeps it. */
export interface StoredRow extends ExchangeRow {
  readonly code: CodeArray
}

export interface CheckBlockOptions {
  readonly metadata: ExchangeMetadata
  readonly float16: Float16
  /** Rows before this block, for messages. */
  readonly before: number
}

/**
 * Brings codes back into the form that the cache keeps, and checks that they are what was exported.
 *
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export function checkBlock({ rows, codes }: CodeBlock, { metadata, float16, before }: CheckBlockOptions): StoredRow[] {
  const length = codes.length / rows.length
  const checksum = exchangeChecksum(metadata)
  return rows.map((row, at) => {
    const numbers = codes.subarray(at * length, (at + 1) * length)
    const bad = indexOfNonFinite(numbers)
    if (bad >= 0) throw new Error(`in row ${before + at + 1} number ${bad + 1} of the code is ${numbers[bad]}`)
    const code = inDtype(float16, numbers, row.dtype)
    if (checksum(row, code) !== row.crc) {
      throw new Error(`the checksum of row ${before + at + 1} does not match: something was changed or rounded after the export`)
    }
    return { ...row, code }
  })
}

/** A plain loop: it runs over every number that is imported. */
function indexOfNonFinite(numbers: Floats): number {
  for (let at = 0; at < numbers.length; at++) if (!Number.isFinite(numbers[at])) return at
  return -1
}
