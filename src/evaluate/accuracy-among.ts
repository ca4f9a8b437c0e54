import { labelsOf, type Split } from './split.js'

/** A share of right answers, and among how many. */
export interface CountedAccuracy {
  readonly accuracy: number
  readonly images: number
}

/**
 * Accuracy on the test images that are left without some.
 *
 * @param predicted the class of each of `parts.test`, in its order.
 * @param without samples to leave out.
 */
export function accuracyAmong(predicted: Int32Array, parts: Split, without: ReadonlySet<number>): CountedAccuracy {
  const labels = labelsOf(parts, parts.test)
  let [right, images] = [0, 0]
  parts.test.forEach((sample, at) => {
    if (without.has(sample)) return
    images++
    if (predicted[at] === labels[at]) right++
  })
  return { accuracy: images === 0 ? 0 : right / images, images }
}
