import { ReadableStream } from 'node:stream/web'
import type { OutputFile } from '../../base/output-file.js'
import { arrow } from '../arrow.js'
import { type ExchangeMetadata, metadataTexts } from './exchange-metadata.js'
import { blockRows, type CodeBlock } from './exchange-row.js'
import { codeLength } from './exchange-source.js'
import { parquetLibrary } from './parquet-library.js'

/**
 * Writes codes as a Parquet file: text columns, `code` a LIST of FLOAT (DuckDB knows no half floats), the metadata as its pairs of
 * texts. A block becomes a row group, packed by zstd: float16 numbers take no more room than as such.
 */
export async function writeParquet(out: OutputFile, metadata: ExchangeMetadata, blocks: Iterable<CodeBlock>): Promise<void> {
  const { transformParquetStream, Table } = parquetLibrary()
  const texts = metadataTexts(metadata)
  const taken: { isWhole: boolean; failed?: unknown } = { isWhole: false }
  async function* batches() {
    try {
      for (const block of blocks) {
        const table = Table.fromIPCStream(toIpc(block, texts))
        const parts = table.recordBatches()
        table.free() // its memory is not JavaScript's to collect in time
        yield* parts
      }
      taken.isWhole = true
    } catch (error) {
      taken.failed = error // the library would end the file here as if it were whole
    }
  }
  const groupRows = blockRows(codeLength(metadata), 'parquet')
  try {
    for await (const piece of await transformParquetStream(ReadableStream.from(batches()), properties(texts, groupRows)))
      await out.write(piece)
  } catch (error) {
    throw taken.failed ?? error
  }
  if (!taken.isWhole) throw taken.failed ?? new Error('Expected the Parquet library to take every block')
}

const codeColumn = 'code.list.element'

function properties(texts: Map<string, string>, groupRows: number) {
  const { Compression, EnabledStatistics, WriterPropertiesBuilder } = parquetLibrary()
  return new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setColumnDictionaryEnabled(codeColumn, false)
    .setColumnStatisticsEnabled(codeColumn, EnabledStatistics.None)
    .setMaxRowGroupSize(groupRows)
    .setKeyValueMetadata(texts)
    .build()
}

/** A block as an Arrow stream, which is how the library takes it. pyarrow finds the metadata in its schema, others in the file's. */
function toIpc({ rows, codes }: CodeBlock, metadata: Map<string, string>): Uint8Array {
  const { Field, Float32, List, makeData, RecordBatch, Schema, Struct, Table, tableToIPC, Uint16, Uint32, Utf8, vectorFromArray } = arrow()
  const count = rows.length
  const length = codes.length / count
  const number = new Float32()
  const list = new List(new Field('element', number, false))
  const texts = (name: 'path' | 'label' | 'part' | 'image' | 'dtype') => {
    const values = rows.map((row) => row[name])
    return { name, type: new Utf8(), nullable: true, data: vectorFromArray(values, new Utf8()).data[0] }
  }
  const columns = [
    texts('path'),
    texts('label'),
    texts('part'),
    texts('image'),
    {
      name: 'view',
      type: new Uint16(),
      data: integers(
        new Uint16(),
        Uint16Array.from(rows, ({ view }) => view),
      ),
    },
    texts('dtype'),
    {
      name: 'crc',
      type: new Uint32(),
      data: integers(
        new Uint32(),
        Uint32Array.from(rows, ({ crc }) => crc),
      ),
    },
    { name: 'code', type: list, data: lists() },
  ]
  function integers(type: InstanceType<typeof Uint16 | typeof Uint32>, data: Uint16Array | Uint32Array) {
    return makeData({ type, length: count, nullCount: 0, data })
  }
  function lists() {
    const valueOffsets = Int32Array.from({ length: count + 1 }, (_, row) => row * length)
    const child = makeData({ type: number, length: codes.length, nullCount: 0, data: codes })
    return makeData({ type: list, length: count, nullCount: 0, valueOffsets, child })
  }
  const fields = columns.map((column) => new Field(column.name, column.type, 'nullable' in column))
  const children = columns.flatMap(({ data }) => data ?? [])
  const struct = makeData({ type: new Struct(fields), length: count, nullCount: 0, children })
  return tableToIPC(new Table([new RecordBatch(new Schema(fields, metadata), struct)]), 'stream')
}
