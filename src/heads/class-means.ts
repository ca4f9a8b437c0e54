import { matrix } from '../engine/gemm.js'
import { classCounts, type Labels } from './labels.js'
import type { LinearHead } from './linear-head.js'
import type { Space } from './space.js'

/**
 * The head that takes the class whose mean code μ_c is nearest: largest where ‖x − μ_c‖² is least, since of it only
 * x · (μ_c − μ) − (‖μ_c‖² − ‖μ‖²) / 2 depends on c. A class without samples is never taken.
 */
export async function classMeans(space: Space, labels: Labels, classes: number): Promise<LinearHead> {
  const counts = classCounts(labels, classes)
  const shares = matrix(space.samples, classes, new Float32Array(space.samples * classes).fill(-1 / space.samples))
  for (const [row, label] of labels.entries()) {
    const at = row * classes + label
    shares.data[at] = (shares.data[at] as number) + 1 / (counts[label] as number)
  }
  const coefficients = await space.gradient(shares)
  const { primal, dual, shift } = await space.vector(coefficients)
  const squares = new Float64Array(classes)
  for (const [i, value] of primal.data.entries()) squares[i % classes] = (squares[i % classes] as number) + value * (dual.data[i] as number)
  const bias = squares.map((square, c) => (counts[c] === 0 ? Number.NEGATIVE_INFINITY : -square / 2 - (shift[c] as number)))
  return { coefficients: primal, bias }
}
