import { type Gemm, type Matrix, matrix } from '../engine/gemm.js'
import { type CodeBlocks, product } from './code-blocks.js'
import { addToRows } from './vector.js'

/** A linear head for codes as they are (not centred): logits = X W + b. */
export interface LinearHead {
  /**
   * A [n, C], by which W = XᵀA over the train codes X [n, D] (Gram space; its columns have mean zero), or W [D, C] itself.
   * So W is formed in blocks of features: W[from…to, :] = X[:, from…to]ᵀ A, with `bias` as it stands.
   */
  readonly coefficients: Matrix
  /** b [C] */
  readonly bias: Float64Array
}

/** Logits [m, C] = features · coefficients + b; features are X' Xᵀ [m, n] in Gram space, the codes X' [m, D] in weight space. */
export async function logits(gemm: Gemm, { coefficients, bias }: LinearHead, features: Matrix): Promise<Matrix> {
  const product = await gemm(features, coefficients)
  addToRows(product, 1, bias)
  return product
}

/** The same in weight space, for codes that come in blocks. */
export async function blockLogits(gemm: Gemm, { coefficients, bias }: LinearHead, codes: CodeBlocks): Promise<Matrix> {
  const out = matrix(codes.rows, coefficients.columns)
  await product(gemm, codes, coefficients, out)
  addToRows(out, 1, bias)
  return out
}
