import { csvRow } from '../../base/csv.js'
import { UserError } from '../../base/errors.js'
import type { OutputFile } from '../../base/output-file.js'
import { createFloat16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'
import type { CodeBlock } from './exchange-row.js'
import { rowColumns } from './exchange-row.js'
import { type NpyHeader, npyHeader } from './npy-header.js'
import { rowCells } from './write-csv.js'

/** The files of an export for numpy. */
export interface NpyFiles {
  /** [rows, …shape], C order. */
  readonly codes: OutputFile
  /** A line for each row. */
  readonly rows: OutputFile
}

/**
 * Writes codes as a .npy file, and its rows as comma-separated values.
 *
 * @throws UserError where a number does not fit into float16.
 */
export async function writeNpy(files: NpyFiles, header: NpyHeader, blocks: Iterable<CodeBlock>): Promise<void> {
  const float16 = createFloat16(createKernels())
  await files.codes.write(npyHeader(header))
  await files.rows.write(csvRow(rowColumns))
  for (const { rows, codes } of blocks) {
    const numbers = header.dtype === 'float16' ? new Uint16Array(codes.length) : codes
    if (numbers instanceof Uint16Array && float16.toFloat16(codes, numbers).overflow) throw beyondFloat16(files.codes.path)
    await files.codes.write(Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    await files.rows.write(rows.map((row) => csvRow(rowCells(row))).join(''))
  }
}

const beyondFloat16 = (path: string) =>
  new UserError(`Expected codes that float16 holds for ${path}, found numbers beyond 65,504. Use --dtype float32. Nothing was left there.`)
