import { type Matrix, rowsOf } from '../engine/gemm.js'
import { dot } from '../heads/vector.js'
import type { Features } from './features.js'

/** Samples whose similarities are in memory at once. */
const block = 1024
/** Samples whose products with each other are taken for the diagonal alone. */
const few = 64

/** Calls `each` with the cosine similarities of some samples to all candidates, [block, candidates], and where the block begins. */
export async function eachSimilarities(
  features: Features,
  samples: Int32Array,
  candidates: Int32Array,
  each: (similarities: Matrix, from: number) => void,
): Promise<void> {
  const others = await unitFactors(features, candidates)
  const codes = features.kind === 'weight' ? await features.of(candidates, candidates) : undefined
  for (let from = 0; from < samples.length; from += block) {
    const some = samples.subarray(from, from + block)
    const own = await unitFactors(features, some)
    const known = await features.of(some, candidates)
    const products = codes ? await features.gemm(known, codes, { transposeB: true }) : known
    for (let row = 0, i = 0; row < products.rows; row++) {
      for (let column = 0; column < products.columns; column++, i++)
        products.data[i] = (products.data[i] as number) * (own[row] as number) * (others[column] as number)
    }
    each(products, from)
  }
}

/** 1 / ‖x‖ of each sample's code; 0 for a code of zeros. */
async function unitFactors(features: Features, samples: Int32Array): Promise<Float64Array> {
  const squares = new Float64Array(samples.length)
  for (let from = 0; from < samples.length; from += few) {
    const some = samples.subarray(from, from + few)
    const known = await features.of(some, some)
    for (let row = 0; row < some.length; row++) {
      const values = rowsOf(known, row, row + 1).data
      squares[from + row] = features.kind === 'gram' ? (values[row] as number) : dot(values, values)
    }
  }
  return squares.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0))
}
