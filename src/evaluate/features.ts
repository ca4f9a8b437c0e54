import { totalmem } from 'node:os'
import { UserError } from '../base/errors.js'
import { CodeReader } from '../cache/code-reader.js'
import type { Pool } from '../cache/pool-codes.js'
import { createGemm, type Gemm, type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import { gramBlock, gramMatrix } from '../heads/gram-matrix.js'
import { gramSpace } from '../heads/gram-space.js'
import type { LinearHead } from '../heads/linear-head.js'
import type { Space } from '../heads/space.js'
import { weightSpace } from '../heads/weight-space.js'
import type { DataSet } from './data-set.js'

/** A data set's codes as heads are trained on them. Samples are numbered as the data set's images. */
export interface Features {
  /** gram: through the Gram matrix, where codes are longer than there are images; weight: through the codes themselves. */
  readonly kind: 'gram' | 'weight'
  /** Numbers in a code after pooling. */
  readonly codeLength: number
  readonly gemm: Gemm
  /** Where a head on these samples is trained. */
  space(train: Int32Array): Promise<Space>
  /** What a head that was trained on `train` needs to know of `samples`: their codes, or their products with the train codes. */
  of(samples: Int32Array, train: Int32Array): Matrix
  /** The head's weights W [D, C] for codes as they are. */
  weights(head: LinearHead, train: Int32Array): Promise<Matrix>
}

export interface FeatureOptions {
  readonly pool: Pool
  /** Largest Gram matrix in bytes, default 2 GB; above it heads are trained on the codes themselves. */
  readonly gramLimit?: number | undefined
  /** Told when a Gram matrix could not be kept or removed: the work goes on. */
  readonly onNote?: ((text: string) => void) | undefined
  /** Share of the Gram matrix that is computed, where it has to be. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/** Rows that are turned into float32 at once when weights are formed. */
const weightBlock = 1024

/** Opens the codes of a data set in the space that suits their shape. */
export async function openFeatures(
  { catalog, fingerprint, images }: DataSet,
  { pool, gramLimit = 2e9, onProgress, onNote }: FeatureOptions,
): Promise<Features> {
  const reader = new CodeReader(catalog, fingerprint, { pool })
  const gemm = createGemm()
  const sha256 = images.map((image) => image.sha256)
  const stored = reader.stored(sha256)
  if (reader.length <= stored.length || 4 * stored.length ** 2 > gramLimit) return codeFeatures(reader, gemm, sha256, stored)
  const key = { fingerprint: fingerprint.digest, pool: reader.shape === fingerprint.shape ? 'none' : pool }
  const gram = await gramMatrix({ gemm, cache: catalog.cache, key, reader, images: stored, onProgress, onNote })
  const rowOf = Int32Array.from(sha256, (image) => gram.rowOf.get(image) ?? 0)
  const rows = (samples: Int32Array) => samples.map((sample) => rowOf[sample] ?? 0)
  const block = (a: Int32Array, b: Int32Array) => gramBlock(gram.matrix, rows(a), rows(b))
  return {
    kind: 'gram',
    codeLength: reader.length,
    gemm,
    space: (train) => gramSpace(gemm, block(train, train)),
    of: block,
    weights: (head, train) => weightsOf(head, train, { reader, gemm, sha256, stored }),
  }
}

/** Features that are the codes themselves, all of them in memory: [images, D]. */
function codeFeatures(reader: CodeReader, gemm: Gemm, sha256: readonly string[], stored: readonly string[]): Features {
  const bytes = 4 * stored.length * reader.length
  if (bytes > 0.7 * totalmem()) {
    const gigabytes = (size: number) => (size / 1e9).toFixed(1)
    throw new UserError(
      `Expected the codes to fit into memory, found ${gigabytes(bytes)} GB of codes and ${gigabytes(totalmem())} GB of memory. Use --pool avg, fewer --classes, or a larger --gram-limit.`,
    )
  }
  const codes = matrix(stored.length, reader.length, reader.read(stored))
  const rowOf = new Map(stored.map((image, row) => [image, row]))
  const gather = (samples: Int32Array): Matrix => {
    const out = matrix(samples.length, reader.length)
    samples.forEach((sample, at) => {
      const row = rowOf.get(sha256[sample] ?? '') ?? 0
      out.data.set(rowsOf(codes, row, row + 1).data, at * reader.length)
    })
    return out
  }
  return {
    kind: 'weight',
    codeLength: reader.length,
    gemm,
    space: (train) => weightSpace(gemm, gather(train)),
    of: gather,
    weights: async ({ coefficients }) => coefficients,
  }
}

/** W = Σ over blocks of X[block]ᵀ A[block]: [D, C], the samples taken in the order of storage. */
async function weightsOf(
  { coefficients }: LinearHead,
  train: Int32Array,
  { reader, gemm, sha256, stored }: { reader: CodeReader; gemm: Gemm; sha256: readonly string[]; stored: readonly string[] },
): Promise<Matrix> {
  const position = new Map(stored.map((image, at) => [image, at]))
  const placeOf = (at: number) => position.get(sha256[train[at] ?? 0] ?? '') ?? 0
  const order = Int32Array.from(train.keys()).sort((a, b) => placeOf(a) - placeOf(b))
  const everyClass = Int32Array.from({ length: coefficients.columns }, (_, column) => column)
  const classes = coefficients.columns
  const sum = matrix(reader.length, classes)
  const codes = matrix(weightBlock, reader.length)
  const product = matrix(reader.length, classes)
  for (let from = 0; from < order.length; from += weightBlock) {
    const part = order.subarray(from, from + weightBlock)
    const block = rowsOf(codes, 0, part.length)
    reader.read(
      Array.from(part, (at) => sha256[train[at] ?? 0] ?? ''),
      block.data,
    )
    await gemm(block, gramBlock(coefficients, part, everyClass), { transposeA: true, out: product.data })
    for (let i = 0; i < sum.data.length; i++) sum.data[i] = (sum.data[i] as number) + (product.data[i] as number)
  }
  return sum
}
