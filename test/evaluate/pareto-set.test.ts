import { describe, expect, it } from 'vitest'
import { type Measures, paretoSet } from '../../src/evaluate/pareto-set.js'

const cases: readonly (readonly [what: string, rows: readonly Measures[], best: readonly boolean[]])[] = [
  ['nothing', [], []],
  ['one row, be it unknown', [[null, null]], [true]],
  [
    'rows that each win somewhere',
    [
      [3, 1],
      [2, 2],
      [1, 3],
    ],
    [true, true, true],
  ],
  [
    'a row that is as good in one measure and worse in the other',
    [
      [3, 1],
      [3, 2],
    ],
    [false, true],
  ],
  [
    'equal rows, which do not beat each other',
    [
      [3, 2],
      [3, 2],
      [3, 1],
    ],
    [true, true, false],
  ],
  [
    'a row that no single other row beats',
    [
      [3, 1, 0],
      [1, 3, 0],
      [2, 2, 0],
    ],
    [true, true, true],
  ],
  [
    'a measure that one row lacks: it is not beaten, and beats nobody',
    [
      [9, 9],
      [1, null],
      [0, 9],
    ],
    [true, true, false],
  ],
  [
    'a measure that both lack tells them not apart',
    [
      [2, null, 5],
      [1, null, 5],
      [2, null, 6],
    ],
    [false, false, true],
  ],
  [
    'measures below zero, as disk is given',
    [
      [0.9, -10],
      [0.9, -20],
    ],
    [true, false],
  ],
  [
    'means of the same values in another order',
    [
      [0.1 + 0.2 + 0.3, 1],
      [0.3 + 0.2 + 0.1, 1],
    ],
    [true, true],
  ],
]

describe('paretoSet', () => {
  it.each(cases)('marks %s', (_what, rows, best) => {
    expect(paretoSet(rows)).toEqual(best)
  })
})
