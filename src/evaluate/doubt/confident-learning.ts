import type { Matrix } from '../../engine/gemm.js'

/** What the probabilities say of the labels. */
export interface ConfidentLearning {
  /** Mean probability that images of each class give their own class, [C]; NaN for classes without images. */
  readonly thresholds: Float64Array
  /** Class that each image is counted in, [n]; −1 where no class is told with confidence. */
  readonly confident: Int32Array
  /** Estimated images of class i that are of class j, [C][C]: each row sums to its class's images. */
  readonly joint: readonly Float64Array[]
  /** Sum of `joint` off its diagonal: estimated wrong labels. */
  readonly estimatedErrors: number
}

/**
 * Confident learning. An image is counted as of class j where p_j reaches t_j, the mean p_j of the images that are labelled j; of several
 * such classes the most probable one. The counts of each label, scaled to its number of images, estimate the joint distribution of
 * given and true labels.
 *
 * Source: Northcutt, Jiang, Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 70 (2021), section 3.
 *
 * @param probabilities out of fold, [n, C].
 * @param labels as they were given, [n]; −1 for images that are not judged.
 */
export function confidentLearning({ rows, columns, data }: Matrix, labels: Int32Array): ConfidentLearning {
  const sums = new Float64Array(columns)
  const counts = new Int32Array(columns)
  labels.forEach((label, row) => {
    if (label < 0) return
    sums[label] = (sums[label] ?? 0) + (data[row * columns + label] ?? 0)
    counts[label] = (counts[label] ?? 0) + 1
  })
  const thresholds = sums.map((sum, label) => sum / (counts[label] ?? 0))
  const confident = Int32Array.from({ length: rows }, (_, row) =>
    confidentClass(data.subarray(row * columns, (row + 1) * columns), thresholds),
  )
  const joint = Array.from(counts, () => new Float64Array(columns))
  labels.forEach((label, row) => {
    const found = joint[label]
    const as = confident[row] ?? -1
    if (found && as >= 0) found[as] = (found[as] ?? 0) + 1
  })
  for (const [label, row] of joint.entries()) calibrate(row, counts[label] ?? 0)
  const estimatedErrors = joint.reduce((sum, row, label) => sum + row.reduce((all, count) => all + count, 0) - (row[label] ?? 0), 0)
  return { thresholds, confident, joint, estimatedErrors }
}

/** The most probable of the classes whose thresholds are reached; −1 where none is. */
function confidentClass(row: Matrix['data'], thresholds: Float64Array): number {
  let best = -1
  for (let label = 0; label < thresholds.length; label++) {
    const p = row[label] ?? 0
    if (p >= (thresholds[label] ?? 1) && (best < 0 || p > (row[best] ?? 0))) best = label
  }
  return best
}

/** Scales a row of counts to the number of its class's images; of each class that is judged, one image at least is counted. */
function calibrate(row: Float64Array, images: number): void {
  const counted = row.reduce((sum, count) => sum + count, 0)
  if (counted > 0) for (const [at, count] of row.entries()) row[at] = (count * images) / counted
}
