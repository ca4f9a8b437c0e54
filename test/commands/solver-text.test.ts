import { describe, expect, it } from 'vitest'
import { solverText } from '../../src/commands/solver-text.js'

const common = {
  head: 'softmax',
  space: 'gram',
  l2: null,
  neighbours: null,
  temperature: null,
  epochs: 7,
  kept: null,
  settings: {},
} as const

describe('solverText', () => {
  it.each([
    [{ solver: 'lbfgs', l2: 0.0123456 }, 'softmax', 'L-BFGS in gram space, L2 0.0123'],
    [{ solver: 'svm', l2: 2 }, 'linear SVM', 'L-BFGS in gram space, L2 2'],
    [{ solver: 'ridge', l2: 2, space: 'weight' }, 'ridge regression', 'closed form in weight space, L2 2'],
    [{ solver: 'ncm' }, 'nearest class mean', 'in gram space'],
    [{ solver: 'knn', neighbours: 10, temperature: 0.07 }, 'nearest neighbours', '10 neighbours, votes at temperature 0.07'],
    [{ solver: 'knn', neighbours: 1 }, 'nearest neighbours', '1 neighbour, equal votes'],
    [
      { solver: 'adam', head: 'dense', space: 'weight', kept: 5, l2: 0, settings: { lr: 0.001 } },
      'dense',
      'adam at rate 0.001, 7 epochs, that of epoch 5 kept, L2 0',
    ],
  ] as const)('of %j', (given, head, solver) => {
    expect(solverText({ ...common, ...given })).toEqual({ head, solver })
  })
})
