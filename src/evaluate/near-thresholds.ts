/** Cosines from which on two images may show one picture. */
export interface NearThresholds {
  /** Their codes alone say that they do: by chance one image in a hundred has a neighbour so near. */
  readonly near: number
  /** It is worth looking at their pictures: half of all images have such a neighbour. */
  readonly candidate: number
}

/** Share of images that have so near a neighbour by chance. */
const chance = 0.01
/** For images that are too few to tell; about what Caltech-101 has by EfficientNet-Lite0. */
const usual: NearThresholds = { near: 0.96, candidate: 0.75 }
/** Below it codes alone say nothing, however far apart the images lie; above it cosines are equal but for the rounding of float16 codes. */
const [least, most] = [0.9, 0.999] as const
/** Images that quartiles can be told from. */
const fewest = 16

/**
 * Chooses thresholds from the cosines of images and their nearest neighbours.
 *
 * The distance d = 1 − cosine to the nearest of many is a minimum, so where pictures are there once it follows Weibull's law,
 * P(d ≤ x) = 1 − exp(−(x / λ)^k). k and λ come from the median and the upper quartile of the distances alone: duplicates have small
 * ones, and change little as long as they are a minority. Source: Fisher and Tippett, Limiting forms of the frequency distribution of
 * the largest or smallest member of a sample, 1928.
 */
export function nearThresholds(nearest: Float64Array): NearThresholds {
  if (nearest.length < fewest) return usual
  const distances = nearest.map((cosine) => Math.max(1e-6, 1 - cosine)).sort()
  const [median, upper] = [quantile(distances, 0.5), quantile(distances, 0.75)]
  const logOf = (share: number) => Math.log(-Math.log(1 - share))
  const slope = Math.log(upper / median) / (logOf(0.75) - logOf(0.5)) // 1 / k
  const near = 1 - median * Math.exp(slope * (logOf(chance) - logOf(0.5)))
  return { near: Math.min(most, Math.max(least, near)), candidate: Math.min(most, 1 - median) }
}

const quantile = (sorted: Float64Array, share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 1
