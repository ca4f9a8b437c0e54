/** A decision with the probability that it was given. */
export interface Decision {
  /** 0…1 */
  readonly confidence: number
  readonly isRight: boolean
}

/** Decisions of like confidence. */
export interface CalibrationBin {
  readonly count: number
  /** Mean of their confidences. */
  readonly confidence: number
  /** Share of them that are right. */
  readonly accuracy: number
}

export interface Calibration {
  /** Expected calibration error, 0…1. */
  readonly error: number
  /** Those that hold any, from low to high confidence. */
  readonly bins: readonly CalibrationBin[]
}

/** Bins of equal width, closed above: (0, 1/15], …, (14/15, 1]; 0 itself is in the first. */
const BINS = 15

/**
 * How far confidences are from what they promise: ECE = Σ_b |B_b| / n · |acc(B_b) − conf(B_b)|. Source: Guo, Pleiss, Sun and Weinberger
 * (2017), "On calibration of modern neural networks", equation 3.
 */
export function calibration(decisions: readonly Decision[]): Calibration {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }))
  for (const { confidence, isRight } of decisions) {
    const bin = bins[Math.max(0, Math.ceil(confidence * BINS) - 1)] ?? bins[BINS - 1]
    if (!bin) continue
    bin.count++
    bin.confidence += confidence
    bin.right += isRight ? 1 : 0
  }
  const filled = bins
    .filter(({ count }) => count > 0)
    .map(({ count, confidence, right }) => ({ count, confidence: confidence / count, accuracy: right / count }))
  const gap = ({ count, confidence, accuracy }: CalibrationBin) => (count / decisions.length) * Math.abs(accuracy - confidence)
  return { error: filled.reduce((sum, bin) => sum + gap(bin), 0), bins: filled }
}
