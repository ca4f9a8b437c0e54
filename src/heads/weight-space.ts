import { type Gemm, type Matrix, matrix } from '../engine/gemm.js'
import { type CodeBlocks, oneBlock, product, transposedProduct } from './code-blocks.js'
import type { Space } from './space.js'
import { addCombination, addToRows, dot } from './vector.js'

/** Weights W [D, C] as they are, two products a step (XᵀR and X·W): for codes no longer than there are samples. */
export function weightSpace(gemm: Gemm, codes: Matrix): Promise<Space> {
  return blockSpace(gemm, oneBlock(codes))
}

/**
 * The same for codes that come in blocks, each product one pass over them; they need not fit into memory.
 *
 * @param capacity vectors [D, C] that there is memory for; two more are used meanwhile.
 */
export async function blockSpace(gemm: Gemm, blocks: CodeBlocks, capacity?: number): Promise<Space> {
  const { mean, square } = await moments(gemm, blocks)
  const meanRow = matrix(1, blocks.columns, Float32Array.from(mean))
  const shiftOf = async (weights: Matrix) => Float64Array.from((await gemm(meanRow, weights)).data)
  let spare: Matrix | undefined
  const spareFor = (classes: number) => {
    spare = spare?.columns === classes ? spare : matrix(blocks.columns, classes)
    return spare
  }
  return {
    samples: blocks.rows,
    features: blocks.columns,
    scale: square - mean.reduce((sum, value) => sum + value * value, 0),
    capacity,
    gradient: (residual) => transposedProduct(gemm, blocks, residual, spareFor(residual.columns)),
    vector: async (weights) => ({ primal: weights, dual: weights, shift: await shiftOf(weights) }),
    async logits(vectors, factors, out) {
      const weights = spareFor(out.columns)
      const primals = vectors.map(({ primal }) => primal.data)
      addCombination(weights.data.fill(0), primals, factors)
      await product(gemm, blocks, weights, out)
      addToRows(out, -1, await shiftOf(weights))
    },
  }
}

/** The codes' mean μ [D], and their mean squared norm. */
async function moments(gemm: Gemm, blocks: CodeBlocks): Promise<{ readonly mean: Float64Array; readonly square: number }> {
  const mean = new Float64Array(blocks.columns)
  let square = 0
  await blocks.each(async (codes) => {
    const ones = matrix(1, codes.rows, new Float32Array(codes.rows).fill(1))
    const sums = await gemm(ones, codes)
    for (const [column, sum] of sums.data.entries()) mean[column] = (mean[column] as number) + sum / blocks.rows
    square += dot(codes.data, codes.data) / blocks.rows
  })
  return { mean, square }
}
