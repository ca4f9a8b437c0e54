import { expect, it } from 'vitest'
import { matrix } from '../../src/engine/gemm.js'
import { cleanAccuracy, leaksOf } from '../../src/evaluate/leaks.js'

const images = ['a', 'b', 'c', 'd', 'e', 'a'].map((sha256) => ({ sha256 }))
const parts = {
  classes: ['ant', 'bee'],
  labels: Int32Array.from([0, 0, 0, 1, 1, 1]),
  conflicts: [],
  train: Int32Array.from([0, 1]),
  validation: Int32Array.from([2]),
  test: Int32Array.from([3, 4, 5]),
}

it('tells of each leaked test image the one most like it, and byte-equal ones', () => {
  const pairs = [
    { a: 'b', b: 'd', similarity: 0.96 },
    { a: 'c', b: 'd', similarity: 0.97 },
    { a: 'd', b: 'e', similarity: 0.99 }, // both to test
  ]
  expect(leaksOf(images, parts, pairs)).toEqual([
    { test: 3, other: 2, similarity: 0.97 },
    { test: 5, other: 0, similarity: 1 },
  ])
  expect(leaksOf(images.slice(0, 5), { ...parts, test: Int32Array.from([3, 4]) }, [])).toEqual([])
})

const scores = matrix(3, 2, Float32Array.from([1, 0, 0, 1, 0, 1])) // the first test image is told wrongly

it.each([
  ['a wrong one', [3], 1],
  ['a right one', [5], 0.5],
  ['none', [], null],
  ['all', [3, 4, 5], null],
])('the clean accuracy is without %s', (_, leaked, accuracy) => {
  expect(
    cleanAccuracy(
      scores,
      parts,
      leaked.map((test) => ({ test })),
    ),
  ).toBe(accuracy)
})

it('of a multi-label set it is the share of images whose labels are all right', () => {
  const several = { ...parts, targets: Uint8Array.from([1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1]) }
  const logits = matrix(3, 2, Float32Array.from([1, 1, 1, 1, -1, 1])) // wrong, right, right
  expect(cleanAccuracy(logits, several, [{ test: 4 }])).toBe(0.5)
})
