import type { SweepPoint } from '../../src/evaluate/sweep-point.js'

/** A point of a learning curve for tests; what is not given is a softmax head on the flattened codes of one model. */
export function sweepPoint(change: Partial<SweepPoint> = {}): SweepPoint {
  const perClass = change.perClass ?? 5
  const accuracies = change.accuracies ?? [0.88, 0.9, 0.92]
  return {
    model: 'efficientnet-lite0',
    layer: 'features',
    pool: 'none',
    head: 'softmax',
    solver: 'lbfgs',
    perClass,
    total: null,
    trainImages: perClass * 10,
    meanPerClass: perClass,
    shortClasses: 0,
    repeats: accuracies.length,
    mean: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
    low: 0.85,
    high: 0.95,
    accuracies,
    cleanAccuracies: null,
    l2: 1e-5,
    ...change,
  }
}

/** A sweep without intervals: one repeat. */
export function singlePoint(change: Partial<SweepPoint> = {}): SweepPoint {
  return sweepPoint({ accuracies: [0.9], low: null, high: null, ...change })
}
