import { type CsvCell, csvRow } from '../../base/csv.js'
import type { OutputFile } from '../../base/output-file.js'
import { type CodeBlock, type ExchangeRow, rowColumns } from './exchange-row.js'

/** The header of a file of codes of some length. */
export const codeHeader = (length: number): string[] => [...rowColumns, ...Array.from({ length }, (_, at) => `c${at}`)]

/** A row's cells before its code. */
export const rowCells = (row: ExchangeRow): CsvCell[] => rowColumns.map((name) => row[name])

/**
 * Writes codes as comma-separated values, a column for each number. Numbers are the shortest decimals of their float64 value, so that
 * every reader gets the same float32 (or float16) back; text is as it is, not made safe for spreadsheets.
 */
export async function writeCsv(out: OutputFile, length: number, blocks: Iterable<CodeBlock>): Promise<void> {
  await out.write(csvRow(codeHeader(length)))
  for (const { rows, codes } of blocks) {
    for (const [at, row] of rows.entries()) {
      await out.write(csvRow([...rowCells(row), ...codes.subarray(at * length, (at + 1) * length)]))
    }
  }
}
