import { expect, test } from 'vitest'
import { seriesNames } from '../../src/evaluate/series.js'
import { sweepPoint } from '../report/sweep-points.js'

test.each([
  ['no points', [], []],
  ['one model', [{}, { perClass: 10 }], ['efficientnet-lite0', 'efficientnet-lite0']],
  [
    'two models, each with its layer',
    [
      { model: 'a', layer: 'x' },
      { model: 'b', layer: 'y' },
    ],
    ['a', 'b'],
  ],
  [
    'two layers of one model',
    [
      { model: 'a', layer: 'x' },
      { model: 'a', layer: 'y' },
    ],
    ['a · x', 'a · y'],
  ],
  ['two solvers', [{ solver: 'lbfgs' }, { solver: 'adam' }], ['efficientnet-lite0 · lbfgs', 'efficientnet-lite0 · adam']],
  ['two ways of pooling', [{ pool: 'none' as const }, { pool: 'avg' as const }], ['efficientnet-lite0 · flat', 'efficientnet-lite0 · avg']],
  ['two heads', [{ head: 'softmax' }, { head: 'dense:64' }], ['efficientnet-lite0 · softmax', 'efficientnet-lite0 · dense:64']],
  [
    'everything differs',
    [
      { model: 'a', layer: 'x' },
      { model: 'a', layer: 'y', pool: 'max' as const, head: 'h' },
    ],
    ['a · x · flat · softmax', 'a · y · max · h'],
  ],
])('seriesNames: %s', (_, changes, names) => {
  expect(seriesNames(changes.map(sweepPoint))).toEqual(names)
})
