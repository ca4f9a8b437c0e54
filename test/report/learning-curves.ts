import type { LearningCurve, TargetSize } from '../../src/evaluate/learning-curve.js'

/** A fitted curve for tests: 0.97 − 0.5 n^−0.9 over 5 … 30 images per class. */
export function learningCurve(change: Partial<LearningCurve> = {}): LearningCurve {
  const key = { model: 'net', layer: 'features', pool: 'none', head: 'softmax', solver: 'lbfgs' }
  return { ...key, a: 0.97, b: 0.5, c: 0.9, deviation: 0.001, from: 5, to: 30, target: null, ...change }
}

export function targetSize(change: Partial<TargetSize> = {}): TargetSize {
  return { accuracy: 0.95, perClass: 36, total: null, low: 31, high: 44, reach: 'extrapolated', ...change }
}
