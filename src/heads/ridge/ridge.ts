import { type Gemm, type Matrix, matrix } from '../../engine/gemm.js'
import type { Labels } from '../labels.js'
import { centreColumns } from '../vector.js'
import { gramRidge } from './gram-ridge.js'
import type { Ridge } from './ridge-problem.js'
import { weightRidge } from './weight-ridge.js'

/**
 * Minimises (1/n) Σ‖y − Wᵀx − b‖² + λ‖W‖², y one-hot, b free, in closed form: scikit-learn's Ridge with alpha = n λ.
 *
 * A sample's error when it is left out is known without leaving it out: r_i / (1 − h_i), r the residual, h_i its leverage, the mean's
 * 1/n included. Source: Allen's PRESS; Golub, Heath, Wahba (1979).
 *
 * @param kind what `features` are: products of the samples with each other [n, n], or their codes [n, D]. They are centred in place.
 */
export async function ridge(
  gemm: Gemm,
  kind: 'gram' | 'weight',
  features: Matrix,
  { labels, classes }: { readonly labels: Labels; readonly classes: number },
): Promise<Ridge> {
  const targets = matrix(features.rows, classes)
  for (const [row, label] of labels.entries()) targets.data[row * classes + label] = 1
  const centred = matrix(features.rows, classes, targets.data.slice())
  const problem = { gemm, targets, centred, shares: centreColumns(centred) }
  return kind === 'gram' ? gramRidge(features, problem) : weightRidge(features, problem)
}
