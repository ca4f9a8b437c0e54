import { openAsBlob } from 'node:fs'
import type { Data, RecordBatch, Schema } from 'apache-arrow'
import { clauseOf } from '../../base/errors.js'
import type { Floats } from '../../base/floats.js'
import { arrow } from '../arrow.js'
import { fromTexts } from './exchange-metadata.js'
import { blockRows, type CodeBlock, rowColumns } from './exchange-row.js'
import { codeLength, type ExchangeSource } from './exchange-source.js'
import { parquetLibrary } from './parquet-library.js'
import { readRow } from './read-row.js'

/** The columns that are read, with their types. */
const columns = {
  path: 'Utf8',
  label: 'Utf8',
  part: 'Utf8',
  image: 'Utf8',
  view: 'Uint16',
  dtype: 'Utf8',
  crc: 'Uint32',
  code: 'List<Float32>',
} as const

/** Opens a Parquet file that `writeParquet` wrote. */
export async function openParquet(path: string): Promise<ExchangeSource> {
  const blob = await openAsBlob(path)
  const file = await byLibrary(() => parquetLibrary().ParquetFile.fromFile(blob))
  const about = file.metadata().fileMetadata()
  const texts = new Map([...about.keyValueMetadata()].map(([name, text]) => [String(name), String(text)]))
  const metadata = fromTexts(texts)
  checkColumns(arrow().tableFromIPC(file.schema().intoIPCStream()).schema)
  const length = codeLength(metadata)
  async function* blocks(): AsyncGenerator<CodeBlock> {
    const stream = await byLibrary(() => file.stream({ batchSize: blockRows(length, 'parquet'), concurrency: 1 }))
    const batches = stream[Symbol.asyncIterator]()
    let before = 0
    for (;;) {
      const { value: batch, done } = await byLibrary(() => batches.next())
      if (done) return
      for (const part of arrow().tableFromIPC(batch.intoIPCStream()).batches) {
        yield toBlock(part, length, before)
        before += part.numRows
      }
    }
  }
  return { metadata, total: Number(about.numRows()), blocks }
}

/** Does what only the library can find fault with. */
async function byLibrary<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Error(`it cannot be read as Parquet: ${clauseOf(error)}`)
  }
}

function checkColumns({ fields }: Schema): void {
  for (const [name, type] of Object.entries(columns)) {
    const found = fields.find((field) => field.name === name)
    if (String(found?.type) !== type) throw new Error(`its column ${name} is ${found ? `${found.type}` : 'missing'}, not ${type}`)
  }
}

function toBlock(batch: RecordBatch, length: number, before: number): CodeBlock {
  const cells = rowColumns.map((name) => [name, batch.getChild(name)] as const)
  const rows = Array.from({ length: batch.numRows }, (_, at) =>
    readRow(Object.fromEntries(cells.map(([name, column]) => [name, column?.get(at)])), before + at + 1),
  )
  const [code] = batch.getChild('code')?.data ?? []
  return { rows, codes: numbersOf(code, length, before) }
}

/** The numbers of lists that must all have the code's length. */
function numbersOf(code: Data | undefined, length: number, before: number): Floats {
  const { valueOffsets, children, nullCount = 1 } = code ?? {}
  const [numbers] = children ?? []
  const rows = code?.length ?? 0
  if (!valueOffsets || !numbers || nullCount > 0 || numbers.nullCount > 0) throw new Error('numbers of codes are missing (null)')
  for (let row = 0; row < rows; row++) {
    const found = Number(valueOffsets[row + 1]) - Number(valueOffsets[row])
    if (found !== length) throw new Error(`the code of row ${before + row + 1} has ${found} numbers, not ${length}`)
  }
  const from = Number(valueOffsets[0])
  return new Float32Array(numbers.values.subarray(from, from + rows * length))
}
