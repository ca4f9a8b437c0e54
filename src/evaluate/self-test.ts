import { arrow } from '../cache/arrow.js'
import type { Pool } from '../cache/pool-codes.js'
import { type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import type { DataSet } from './data-set.js'
import { openReader } from './open-reader.js'
import type { Split } from './split.js'

/** Images by which a loaded head, or a whole classifier, shows that it still answers as it did. */
export interface SelfTest {
  /** sha256 of each image's file, in hex. */
  readonly images: readonly string[]
  /** What the head takes, after pooling, [images, D]; none where the cache had no codes when the head was saved. */
  readonly codes?: Matrix | undefined
  /** What it said, [images, classes]. */
  readonly answers: Matrix
  /** The images as they go into the network, RGB of 8 bits, [images, side × side × 3]; only in bundles that went elsewhere. */
  readonly pixels?: Uint8Array | undefined
}

/** Samples of the test part, and what a head says of them. */
export interface HeadChecks {
  readonly samples: Int32Array
  /** [samples, classes] */
  readonly answers: Matrix
}

/** Images of a self-test. */
const count = 8

/** Places of a self-test's images among those of the test part: evenly, since it is in the order of the classes. */
export function selfTestPlaces(test: number): number[] {
  const all = Math.min(count, test)
  return Array.from({ length: all }, (_, at) => Math.floor(((at + 0.5) * test) / all))
}

/** Samples for a self-test. */
export function selfTestSamples({ test }: Pick<Split, 'test'>): Int32Array {
  return Int32Array.from(selfTestPlaces(test.length), (at) => test[at] as number)
}

/** The self-test of a head on codes that the cache has. */
export function toSelfTest(data: DataSet, { samples, answers }: HeadChecks, pool: Pool): SelfTest {
  const { reader } = openReader({ ...data, views: undefined }, pool)
  const images = Array.from(samples, (sample) => data.images[sample]?.sha256 ?? '')
  const codes = matrix(images.length, reader.length)
  for (const [row, image] of images.entries()) reader.read([image], rowsOf(codes, row, row + 1).data)
  return { images, codes, answers }
}

/** The name of the file beside a saved head. */
export const selfTestFile = 'self-test.arrow'

/** An Arrow IPC file: image (sha256, 32 bytes), answers (float32), and where they are known code (float32) and pixels (uint8). */
export async function encodeSelfTest({ images, codes, answers, pixels }: SelfTest): Promise<Uint8Array[]> {
  const { Field, FixedSizeBinary, FixedSizeList, Float32, Uint8, makeData, RecordBatch, RecordBatchFileWriter, Schema, Struct } = arrow()
  const rows = images.length
  const list = (name: string, type: InstanceType<typeof Float32> | InstanceType<typeof Uint8>, data: Float32Array | Uint8Array) => {
    const lists = new FixedSizeList(data.length / rows, new Field('item', type, false))
    const child =
      data instanceof Float32Array
        ? makeData({ type: new Float32(), length: data.length, nullCount: 0, data })
        : makeData({ type: new Uint8(), length: data.length, nullCount: 0, data })
    return { field: new Field(name, lists, false), data: makeData({ type: lists, length: rows, nullCount: 0, child }) }
  }
  const hashes = new Uint8Array(Buffer.from(images.join(''), 'hex'))
  const hash = new FixedSizeBinary(32)
  const columns = [
    { field: new Field('image', hash, false), data: makeData({ type: hash, length: rows, nullCount: 0, data: hashes }) },
    ...(codes ? [list('code', new Float32(), codes.data)] : []),
    list('answers', new Float32(), answers.data),
    ...(pixels ? [list('pixels', new Uint8(), pixels)] : []),
  ]
  const fields = columns.map(({ field }) => field)
  const children = columns.map(({ data }) => data)
  const batch = new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }))
  const pieces: Uint8Array[] = []
  for await (const piece of RecordBatchFileWriter.writeAll([batch])) pieces.push(piece)
  return pieces
}

/**
 * Reads the bytes of such a file.
 *
 * @throws Error naming what is not as it should be.
 */
export function decodeSelfTest(bytes: Uint8Array): SelfTest {
  const [batch, ...others] = arrow().tableFromIPC(bytes).batches
  if (!batch || others.length > 0) throw new Error('Expected one record batch')
  const rows = batch.numRows
  const [image, code, answers, pixels] = ['image', 'code', 'answers', 'pixels'].map((name) => batch.getChild(name))
  const values = (column: typeof code): unknown => column?.data[0]?.children[0]?.values
  const [codes, said, seen] = [values(code), values(answers), values(pixels)]
  if (!image || !(said instanceof Float32Array)) throw new Error('Expected image and answers')
  return {
    images: Array.from({ length: rows }, (_, row) => Buffer.from(image.get(row)).toString('hex')),
    codes: codes instanceof Float32Array ? matrix(rows, codes.length / rows, Float32Array.from(codes)) : undefined,
    answers: matrix(rows, said.length / rows, Float32Array.from(said)),
    pixels: seen instanceof Uint8Array ? seen : undefined,
  }
}
