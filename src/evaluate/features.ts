import type { CodeReader } from '../cache/code-reader.js'
import type { Pool } from '../cache/pool-codes.js'
import { createGemm, type Gemm, type Matrix } from '../engine/gemm.js'
import { transposedProduct } from '../heads/code-blocks.js'
import { gramBlock, gramMatrix } from '../heads/gram-matrix.js'
import { gramSpace } from '../heads/gram-space.js'
import { blockLogits, type LinearHead, logits } from '../heads/linear-head.js'
import type { Space } from '../heads/space.js'
import { blockSpace, weightSpace } from '../heads/weight-space.js'
import { CodeStore } from './code-store.js'
import type { DataSet } from './data-set.js'
import { memoryBudget } from './memory-budget.js'
import { openReader } from './open-reader.js'
import { type MemoryPlan, planMemory } from './plan-memory.js'

/** A data set's codes as heads are trained on them. Samples are numbered as the data set's images. */
export interface Features {
  /** gram: through the Gram matrix, where codes are longer than there are images; weight: through the codes themselves. */
  readonly kind: 'gram' | 'weight'
  /** Numbers in a code after pooling. */
  readonly codeLength: number
  readonly gemm: Gemm
  /** Where a head on these samples is trained. */
  space(train: Int32Array): Promise<Space>
  /**
   * What a head that was trained on `train` needs to know of `samples`: their codes, or their products with the train codes. All of
   * it in memory, whatever its limit: `scorer` where the samples may be many.
   */
  of(samples: Int32Array, train: Int32Array): Promise<Matrix>
  /** Logits [samples, C] that heads give which were trained on `train`. */
  scorer(samples: Int32Array, train: Int32Array): Promise<Scorer>
  /** The head's weights W [D, C] for codes as they are. */
  weights(head: LinearHead, train: Int32Array): Promise<Matrix>
}

export type Scorer = (head: LinearHead) => Promise<Matrix>

export interface FeatureOptions {
  readonly pool: Pool
  /** Bytes that codes, Gram matrix and solver may take; default `memoryBudget()`. */
  readonly memory?: number | undefined
  /** Largest Gram matrix in bytes, default 2 GB; above it heads are trained on the codes themselves. */
  readonly gramLimit?: number | undefined
  /** Told when a Gram matrix could not be kept or removed: the work goes on. */
  readonly onNote?: ((text: string) => void) | undefined
  /** Share of the Gram matrix that is computed, where it has to be. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/**
 * Opens the codes of a data set in the space that suits their shape and the memory.
 *
 * @throws UserError where the memory does not even hold the weights and a block of codes.
 */
export async function openFeatures(data: DataSet, options: FeatureOptions): Promise<Features> {
  const { pool, gramLimit = 2e9, memory } = options
  const reader = openReader(data, pool)
  const sha256 = data.images.map((image) => image.sha256)
  const stored = reader.stored(sha256)
  const classes = new Set(data.images.flatMap(({ label, labels = [label] }) => labels)).size
  const problem = { images: stored.length, codeLength: reader.length, classes, dtype: reader.dtypeOf(stored) }
  const plan = planMemory(problem, { memory: memoryBudget(memory), gramLimit })
  const opened = { reader, gemm: createGemm(), store: new CodeStore(reader, sha256, plan), plan }
  return plan.kind === 'weight' ? codeFeatures(opened) : gramFeatures(data, { ...opened, stored }, options)
}

interface Opened {
  readonly reader: CodeReader
  readonly gemm: Gemm
  readonly store: CodeStore
  readonly plan: MemoryPlan
}

async function gramFeatures(
  { catalog, fingerprint, images }: DataSet,
  { reader, gemm, store, plan, stored }: Opened & { readonly stored: readonly string[] },
  { pool, onProgress, onNote }: FeatureOptions,
): Promise<Features> {
  const key = { fingerprint: fingerprint.digest, pool: reader.shape === fingerprint.shape ? 'none' : pool }
  const { blockRows, groupBytes, capacity } = plan
  const gram = await gramMatrix({ gemm, cache: catalog.cache, key, reader, images: stored, blockRows, groupBytes, onProgress, onNote })
  const rowOf = Int32Array.from(images, ({ sha256 }) => gram.rowOf.get(sha256) ?? 0)
  const rows = (samples: Int32Array) => samples.map((sample) => rowOf[sample] ?? 0)
  const block = (a: Int32Array, b: Int32Array) => gramBlock(gram.matrix, rows(a), rows(b))
  return {
    kind: 'gram',
    codeLength: reader.length,
    gemm,
    space: async (train) => ({ ...(await gramSpace(gemm, block(train, train))), capacity }),
    of: async (samples, train) => block(samples, train),
    async scorer(samples, train) {
      const products = block(samples, train)
      return (head) => logits(gemm, head, products)
    },
    weights: ({ coefficients }, train) => transposedProduct(gemm, store.blocks(train), coefficients),
  }
}

/** Features that are the codes themselves: copied where there is memory, else in blocks. */
function codeFeatures({ reader, gemm, store, plan: { copies, capacity } }: Opened): Features {
  return {
    kind: 'weight',
    codeLength: reader.length,
    gemm,
    space: async (train) => (copies ? weightSpace(gemm, await store.gather(train)) : blockSpace(gemm, store.blocks(train), capacity)),
    of: (samples) => store.gather(samples),
    async scorer(samples) {
      const codes = copies ? await store.gather(samples) : undefined
      return (head) => (codes ? logits(gemm, head, codes) : blockLogits(gemm, head, store.blocks(samples)))
    },
    weights: async ({ coefficients }) => coefficients,
  }
}
