import { crc32 } from '@node-rs/crc32'
import type { Floats } from '../../base/floats.js'
import type { CodeArray, Dtype } from '../dtype.js'
import { canonicalJson } from '../fingerprint.js'
import type { ExchangeMetadata } from './exchange-metadata.js'

/** What an exported code is told with, beside its numbers. */
export interface ExchangeRow {
  /** Below the data folder; null where no file of the data set is known. */
  readonly path: string | null
  readonly label: string | null
  /** train, validation or test, where the folders say so. */
  readonly part: string | null
  /** sha256 of the image file, in hex. */
  readonly image: string
  /** 0: the plain image. */
  readonly view: number
  /** How the cache keeps the code: its numbers are exactly such ones. */
  readonly dtype: Dtype
  /** See `exchangeChecksum`. */
  readonly crc: number
}

/** The columns before the code, in order. */
export const rowColumns = ['path', 'label', 'part', 'image', 'view', 'dtype', 'crc'] as const

/** Rows that are handled at once. */
export interface CodeBlock {
  readonly rows: readonly ExchangeRow[]
  /** [rows, length] */
  readonly codes: Floats
}

/** Rows of a block of codes of some length: 8 MiB of float32, of text less. Memory stays bounded, whatever the number of rows. */
export function blockRows(length: number, format: ExchangeFormat): number {
  return Math.max(1, Math.floor((format === 'csv' ? 2 ** 18 : 2 ** 21) / length))
}

export type ExchangeFormat = 'parquet' | 'npy' | 'csv'

export const exchangeFormats: readonly ExchangeFormat[] = ['parquet', 'npy', 'csv']

/**
 * CRC-32 (zlib's) of a row: the metadata's fingerprint, pool and shape as canonical JSON, the image's 32 bytes, the view as two bytes,
 * the code in its dtype; all little-endian. So whatever is changed by hand is noticed, but for what the cache does not keep.
 *
 * @param metadata of the file; its part of the sum is the same for every row.
 */
export function exchangeChecksum({ fingerprint, pool, shape }: ExchangeMetadata): (row: RowKey, code: CodeArray) => number {
  const start = crc32(canonicalJson({ fingerprint: { ...fingerprint }, pool, shape }))
  const key = Buffer.alloc(34)
  return ({ image, view }, code) => {
    key.write(image, 'hex')
    key.writeUInt16LE(view, 32)
    return crc32(Buffer.from(code.buffer, code.byteOffset, code.byteLength), crc32(key, start))
  }
}

type RowKey = Pick<ExchangeRow, 'image' | 'view'>
