import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'

/**
 * The rows of a CSV file, whose header must be as expected.
 *
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export async function* readTable(path: string, header: readonly string[]): AsyncGenerator<readonly string[]> {
  const parser = parse({ bom: true, relax_column_count: true })
  pipeline(createReadStream(path), parser, () => undefined) // what fails is thrown where the parser is read
  try {
    let isHeader = true
    let row = 0
    for await (const record of parser) {
      const cells: readonly string[] = record
      if (isHeader) checkHeader(cells, header)
      else if (cells.length !== header.length) throw new Error(`row ${row} has ${cells.length} cells, not ${header.length}`)
      if (!isHeader) yield cells
      isHeader = false
      row++
    }
    if (isHeader) throw new Error('it is empty')
  } catch (error) {
    throw error instanceof CsvError ? new Error(`it is no CSV: ${error.message}`) : error
  } finally {
    parser.destroy()
  }
}

function checkHeader(found: readonly string[], header: readonly string[]): void {
  const at = header.findIndex((name, column) => found[column] !== name)
  if (at >= 0) throw new Error(`column ${at + 1} is ${JSON.stringify(found[at])}, not "${header[at]}"`)
  if (found.length > header.length) throw new Error(`it has ${found.length} columns, not ${header.length}`)
}
