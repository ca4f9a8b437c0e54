import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { matrix } from '../../../src/engine/gemm.js'
import { confidentLearning } from '../../../src/evaluate/doubt/confident-learning.js'
import { expectClose } from '../../helpers/expect-close.js'

const reference = JSON.parse(readFileSync(new URL('../../fixtures/confident-learning.json', import.meta.url), 'utf8'))
const labels = Int32Array.from(reference.labels)
const rows: readonly (readonly number[])[] = reference.probabilities
const probabilities = matrix(rows.length, 4, Float32Array.from(rows.flat()))

describe('confidentLearning', () => {
  it('gives the thresholds and the confident joint of cleanlab', () => {
    const { thresholds, confident } = confidentLearning(probabilities, labels)
    expectClose(thresholds, reference.thresholds, { absolute: 1e-6 })
    const joint = Array.from({ length: 4 }, () => [0, 0, 0, 0])
    confident.forEach((as, at) => {
      const row = joint[labels[at] ?? 0]
      if (row && as >= 0) row[as] = (row[as] ?? 0) + 1
    })
    expect(joint).toEqual(reference.confidentJoint)
  })

  it('scales each row of the joint to the images of its class, and sums what is off the diagonal', () => {
    const { joint, estimatedErrors } = confidentLearning(probabilities, labels)
    expectClose(
      joint.map((row) => row.reduce((sum, count) => sum + count, 0)),
      [0, 1, 2, 3].map((label) => labels.filter((of) => of === label).length),
      { absolute: 1e-9 },
    )
    const counts: readonly (readonly number[])[] = reference.confidentJoint
    const expected = counts.reduce((sum, row, label) => {
      const all = row.reduce((total, count) => total + count, 0)
      return sum + ((all - (row[label] ?? 0)) / all) * labels.filter((of) => of === label).length
    }, 0)
    expect(estimatedErrors).toBeCloseTo(expected, 9)
  })

  it('counts no image whose label is not judged', () => {
    const some = labels.map((label, at) => (at < 10 ? -1 : label))
    const among = matrix(rows.length - 10, 4, probabilities.data.slice(40))
    const [found, expected] = [confidentLearning(probabilities, some), confidentLearning(among, labels.slice(10))]
    expect(found.thresholds).toEqual(expected.thresholds)
    expect(found.joint).toEqual(expected.joint)
  })

  it('finds nothing in a class without images', () => {
    const two = matrix(2, 3, Float32Array.of(0.9, 0.05, 0.05, 0.1, 0.8, 0.1))
    const { joint, estimatedErrors } = confidentLearning(two, Int32Array.of(0, 1))
    expect([joint.map((row) => Array.from(row)), estimatedErrors]).toEqual([
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
      0,
    ])
  })
})
