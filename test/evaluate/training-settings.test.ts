import { describe, expect, it } from 'vitest'
import type { ResolvedHead } from '../../src/evaluate/resolve-head.js'
import { trainingSettings } from '../../src/evaluate/training-settings.js'

const adamDefaults = {
  ...{ epochs: 20, batch: 32, lr: 0.001, schedule: 'constant', l1: 0, labelSmoothing: 0, classWeights: null, focal: 0 },
  ...{ clipNorm: null, monitor: 'val-loss', patience: null },
}

describe('trainingSettings', () => {
  it.each<[Omit<ResolvedHead, 'head'>, object]>([
    [{ solver: 'ncm' }, {}],
    [{ solver: 'svm', classWeights: 'balanced' }, { classWeights: 'balanced' }],
    [
      { solver: 'lbfgs', labelSmoothing: 0.1 },
      { labelSmoothing: 0.1, classWeights: null },
    ],
    [{ solver: 'adam' }, adamDefaults],
    [
      { solver: 'adam', validation: '0' },
      { ...adamDefaults, monitor: null },
    ],
    [{ solver: 'adamw' }, { ...adamDefaults, weightDecay: 0.004 }],
    [
      { solver: 'sgd', lr: 0.5, clipNorm: 1, focal: 2, patience: 3, monitor: 'loss', classWeights: { cat: 2 } },
      { ...adamDefaults, lr: 0.5, clipNorm: 1, focal: 2, patience: 3, monitor: 'loss', classWeights: { cat: 2 } },
    ],
  ])('of %j', (options, expected) => expect(trainingSettings({ ...options, head: 'softmax' })).toEqual(expected))
})
