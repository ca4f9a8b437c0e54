import { describe, expect, it } from 'vitest'
import { confusedPairs } from '../../src/report/run/confused-pairs.js'
import { Plots } from '../../src/report/run/plots.js'
import { topLosses } from '../../src/report/run/top-losses.js'

const row = (path: string, label: string | readonly string[], answers: readonly number[]) => ({
  path,
  image: path,
  labels: typeof label === 'string' ? [label] : label,
  answers: Float32Array.from(answers),
})
const classes = ['a', 'b', 'c']

describe('confusedPairs', () => {
  it('are ordered by images, then by the share of the class; their images by how sure the mistake is', () => {
    const rows = [
      row('1', 'a', [0.4, 0.6, 0]),
      row('2', 'a', [0.1, 0.9, 0]),
      row('3', 'a', [1, 0, 0]),
      row('4', 'b', [0, 0.2, 0.8]),
      row('5', 'c', [0.7, 0, 0.3]),
      row('6', 'c', [0, 0, 1]),
    ]
    const pairs = confusedPairs({ classes, rows })
    expect(pairs.map(({ actual, predicted, of, rows }) => [actual, predicted, of, rows.map(({ path }) => path)])).toEqual([
      ['a', 'b', 3, ['2', '1']],
      ['b', 'c', 1, ['4']],
      ['c', 'a', 2, ['5']],
    ])
  })
})

describe('topLosses', () => {
  it('are −ln of the probability of the own class', () => {
    const rows = [row('1', 'a', [0.9, 0.1, 0]), row('2', 'b', [0.75, 0.25, 0]), row('3', 'c', [1, 0, 0])]
    const losses = topLosses({ kind: 'probabilities', classes, rows }, { isMultiLabel: false, most: 2 })
    expect(losses.map(({ row, isRight, predicted }) => [row.path, isRight, predicted])).toEqual([
      ['3', false, ['a']],
      ['2', false, ['a']],
    ])
    expect(losses[1]).toMatchObject({ loss: Math.log(4), confidence: 0.75, own: 0.25 })
  })

  it('are margins where there are scores', () => {
    const rows = [row('1', 'a', [3, 1, 0]), row('2', 'b', [5, 1, 0])]
    const losses = topLosses({ kind: 'scores', classes, rows }, { isMultiLabel: false, most: 9 })
    expect(losses.map(({ row, loss }) => [row.path, loss])).toEqual([
      ['2', 4],
      ['1', -2],
    ])
  })

  it('are sums over the labels where there are several', () => {
    const rows = [row('1', ['a', 'c'], [0.5, 0.5, 0.5]), row('2', [], [0.25, 0, 0])]
    const losses = topLosses({ kind: 'probabilities', classes, rows }, { isMultiLabel: true, most: 9 })
    expect(losses.map(({ row }) => row.path)).toEqual(['1', '2'])
    expect(losses[0]?.loss).toBeCloseTo(3 * Math.log(2), 6)
    expect(losses[1]?.loss).toBeCloseTo(-Math.log(0.75), 6)
    expect(losses[1]).toMatchObject({ predicted: [], isRight: true })
  })
})

it('plots of one name get files of their own, and no name is a path', () => {
  const plots = new Plots()
  for (const name of ['../a b', '../a b', 'a-b']) plots.add(name, { mark: 'point', data: { values: [] } })
  expect(plots.all().map(([name]) => name)).toEqual(['a-b', 'a-b-2', 'a-b-3'])
})
