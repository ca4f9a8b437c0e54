import { blockRows, type CodeBlock, type ExchangeRow, rowColumns } from './exchange-row.js'
import { codeLength, type ExchangeSource } from './exchange-source.js'
import { numberOf, readRow } from './read-row.js'
import { readSidecar } from './read-sidecar.js'
import { readTable } from './read-table.js'
import { codeHeader } from './write-csv.js'

/** Opens codes as `writeCsv` writes them, with the metadata beside them. */
export function openCsv(path: string): ExchangeSource {
  const { metadata, rows } = readSidecar(`${path}.json`)
  return { metadata, total: rows, blocks: () => blocks(path, codeLength(metadata)) }
}

async function* blocks(path: string, length: number): AsyncGenerator<CodeBlock> {
  const most = blockRows(length, 'csv')
  const codes = new Float32Array(most * length)
  let rows: ExchangeRow[] = []
  let before = 0
  for await (const cells of readTable(path, codeHeader(length))) {
    const row = rowOf(cells, before + rows.length + 1)
    for (let at = 0; at < length; at++) {
      codes[rows.length * length + at] = numberOf(cells[rowColumns.length + at]) ?? Number.NaN
    }
    rows.push(row)
    if (rows.length < most) continue
    yield { rows, codes }
    before += rows.length
    rows = []
  }
  if (rows.length > 0) yield { rows, codes: codes.subarray(0, rows.length * length) }
}

/** The cells before a code. */
export function rowOf(cells: readonly string[], at: number): ExchangeRow {
  const fields = Object.fromEntries(rowColumns.map((name, column) => [name, cells[column]]))
  return readRow({ ...fields, view: numberOf(fields.view), crc: numberOf(fields.crc) }, at)
}
