import { expect, it } from 'vitest'
import { clustersOf } from '../../src/base/clusters.js'

it.each([
  ['no pair', [], []],
  [
    'pairs apart',
    [
      [3, 1],
      [0, 4],
    ],
    [
      [0, 4],
      [1, 3],
    ],
  ],
  [
    'pairs that meet later',
    [
      [4, 5],
      [0, 1],
      [1, 5],
    ],
    [[0, 1, 4, 5]],
  ],
  [
    'a pair twice, and of itself',
    [
      [2, 3],
      [3, 2],
      [1, 1],
    ],
    [[2, 3]],
  ],
] as const)('clustersOf groups %s', (_, pairs, groups) => {
  expect(clustersOf(pairs, 6)).toEqual(groups)
})
