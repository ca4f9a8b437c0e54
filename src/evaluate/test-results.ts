import { arrow } from '../cache/arrow.js'
import type { DataSet } from './data-set.js'
import type { Split } from './split.js'
import type { TestAnswers } from './test-answers.js'

/** What a head said of one test image. */
export interface TestResult {
  /** Below the data folder. */
  readonly path: string
  /** sha256 of the file, in hex. */
  readonly image: string
  /** Its labels: one, but in a multi-label set. */
  readonly labels: readonly string[]
  /** A number for each class. */
  readonly answers: Float32Array
}

/** The name of the file beside a saved head. */
export const testResultsFile = 'test.arrow'

/**
 * The test images with what a head says of them, as an Arrow IPC file: path, image (sha256, 32 bytes), labels (a list), and
 * probabilities or scores, float32 [classes], in the order of the metadata's `classes`.
 */
export async function encodeTestResults(
  { images }: Pick<DataSet, 'images'>,
  parts: Pick<Split, 'test' | 'classes' | 'labels' | 'targets'>,
  { kind, values }: TestAnswers,
): Promise<Uint8Array[]> {
  const { Field, FixedSizeBinary, FixedSizeList, Float32, List, makeData, RecordBatch, RecordBatchFileWriter, Schema, Struct, Utf8 } =
    arrow()
  const { vectorFromArray } = arrow()
  const rows = parts.test.length
  const tested = Array.from(parts.test, (sample) => images[sample])
  const image = new FixedSizeBinary(32)
  const answers = new FixedSizeList(values.columns, new Field('item', new Float32(), false))
  const list = new List(new Field('item', new Utf8(), false))
  const child = makeData({ type: new Float32(), length: values.data.length, nullCount: 0, data: values.data })
  const hashes = Buffer.from(tested.map((one) => one?.sha256 ?? '').join(''), 'hex')
  const children = [
    vectorFromArray(
      tested.map((one) => one?.path ?? ''),
      new Utf8(),
    ).data[0],
    makeData({ type: image, length: rows, nullCount: 0, data: new Uint8Array(hashes) }),
    vectorFromArray(
      tested.map((one) => [...(one?.labels ?? [one?.label ?? ''])]),
      list,
    ).data[0],
    makeData({ type: answers, length: rows, nullCount: 0, child }),
  ].flatMap((data) => data ?? [])
  const types = { path: new Utf8(), image, labels: list, [kind]: answers }
  const fields = Object.entries(types).map(([name, type]) => new Field(name, type, false))
  const schema = new Schema(fields, new Map([['classes', JSON.stringify(parts.classes)]]))
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }))
  const pieces: Uint8Array[] = []
  for await (const piece of RecordBatchFileWriter.writeAll([batch])) pieces.push(piece)
  return pieces
}

/** The content of such a file. */
export interface TestResults extends Pick<TestAnswers, 'kind'> {
  readonly classes: readonly string[]
  readonly rows: readonly TestResult[]
}

/**
 * Reads the bytes of such a file; its numbers share the bytes' memory.
 *
 * @throws Error naming what is not as it should be.
 */
export function decodeTestResults(bytes: Uint8Array): TestResults {
  const table = arrow().tableFromIPC(bytes)
  const [batch, ...others] = table.batches
  const classes: unknown = JSON.parse(table.schema.metadata.get('classes') ?? 'null')
  if (!Array.isArray(classes) || !batch || others.length > 0) throw new Error('Expected classes and one record batch')
  const kind = batch.getChild('probabilities') ? 'probabilities' : 'scores'
  const [path, image, labels, answers] = ['path', 'image', 'labels', kind].map((name) => batch.getChild(name))
  const numbers: unknown = answers?.data[0]?.children[0]?.values
  if (!path || !image || !labels || !(numbers instanceof Float32Array)) throw new Error('Expected path, image, labels and probabilities')
  const size = classes.length
  const rows = Array.from({ length: batch.numRows }, (_, row) => ({
    path: String(path.get(row)),
    image: Buffer.from(image.get(row)).toString('hex'),
    labels: Array.from<unknown, string>(labels.get(row), String),
    answers: numbers.subarray(row * size, (row + 1) * size),
  }))
  return { kind, classes: classes.map(String), rows }
}
