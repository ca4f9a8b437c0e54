import { expect, test } from 'vitest'
import { accuracyAmong } from '../../src/evaluate/accuracy-among.js'
import type { Split } from '../../src/evaluate/split.js'

const parts: Split = {
  classes: ['ant', 'bee'],
  labels: Int32Array.from([0, 1, 0, 1, 1, 0]),
  targets: undefined,
  conflicts: [],
  train: Int32Array.from([0]),
  validation: Int32Array.from([1]),
  test: Int32Array.from([5, 3, 2, 4]), // classes 0, 1, 0, 1
}

test.each<[string, number[], number, number]>([
  ['nothing', [], 0.5, 4],
  ['a right one', [5], 1 / 3, 3],
  ['a wrong one', [2], 2 / 3, 3],
  ['samples of other parts', [0, 1], 0.5, 4],
  ['everything', [2, 3, 4, 5], 0, 0],
])('accuracyAmong without %s', (_, without, accuracy, images) => {
  expect(accuracyAmong(Int32Array.from([0, 0, 1, 1]), parts, new Set(without))).toEqual({ accuracy, images })
})
