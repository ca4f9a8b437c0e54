import { describe, expect, it } from 'vitest'
import { balancedAccuracy, confusionMatrix } from '../../src/evaluate/metrics.js'

const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 2)
const predicted = Int32Array.of(0, 0, 0, 1, 1, 2, 0)

describe('confusionMatrix', () => {
  it('counts predictions, a row for each true class', () => {
    expect([...confusionMatrix(predicted, labels, 4)]).toEqual([3, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
  })
})

describe('balancedAccuracy', () => {
  it('is the mean recall of the classes that occur', () => {
    expect(balancedAccuracy(predicted, labels, 4)).toBeCloseTo((3 / 4 + 1 / 2 + 0) / 3, 12) // class 3 does not occur
    expect(balancedAccuracy(labels, labels, 4)).toBe(1)
  })
})
