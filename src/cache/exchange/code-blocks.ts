import { createFloat16, type Float16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'
import type { CodeReader } from '../code-reader.js'
import type { CodeArray, Dtype } from '../dtype.js'
import type { ExchangeMetadata } from './exchange-metadata.js'
import { blockRows, type CodeBlock, type ExchangeFormat, type ExchangeRow, exchangeChecksum } from './exchange-row.js'

/** A row before its code was read. */
export type KnownRow = Omit<ExchangeRow, 'crc'>

export interface CodeBlocksOptions {
  /** Of the file that they go to. */
  readonly metadata: ExchangeMetadata
  readonly format?: ExchangeFormat | undefined
  readonly signal?: AbortSignal | undefined
  /** Told after each block. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Reads the codes of rows block by block, in the rows' order, which should be that of storage.
 *
 * @throws UserError where a shard is missing or damaged; the signal's reason when it is aborted.
 */
export function* codeBlocks(
  reader: CodeReader,
  rows: readonly KnownRow[],
  { metadata, format = 'parquet', signal, onProgress }: CodeBlocksOptions,
): Generator<CodeBlock> {
  const float16 = createFloat16(createKernels())
  const checksum = exchangeChecksum(metadata)
  const step = blockRows(reader.length, format)
  for (let from = 0; from < rows.length; from += step) {
    signal?.throwIfAborted()
    const part = rows.slice(from, from + step)
    const codes = reader.read(part.map(({ image }) => image))
    const told = part.map((row, at) => {
      const code = codes.subarray(at * reader.length, (at + 1) * reader.length)
      return { ...row, crc: checksum(row, inDtype(float16, code, row.dtype)) }
    })
    yield { rows: told, codes }
    onProgress?.(from + part.length, rows.length)
  }
}

/** A code as the cache keeps it. */
export function inDtype(float16: Float16, code: Float32Array<ArrayBuffer>, dtype: Dtype): CodeArray {
  if (dtype === 'float32') return code
  const halves = new Uint16Array(code.length)
  float16.toFloat16(code, halves)
  return halves
}
