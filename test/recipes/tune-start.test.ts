import { expect, test } from 'vitest'
import type { HeadStep } from '../../src/recipes/published/recipe.js'
import { tuneStart } from '../../src/recipes/tune-start.js'

const options = { head: 'food', quickHead: 'softmax', solver: 'adam', lr: 0.1, epochs: 50 } as const
const frozen: HeadStep = { kind: 'head', title: 'head', published: undefined, options }

test.each([
  ['the head of the step before', frozen, false, { frozen: { head: 'food', solver: 'adam', lr: 0.1, epochs: 50 } }],
  ['that of a quick run', frozen, true, { frozen: { head: 'softmax', solver: 'adam', lr: 0.1, epochs: 2 } }],
  ['nothing where there is none', undefined, false, { freezeEpochs: 0 }],
])('a fine-tuning begins with %s', (_, before, quick, start) => {
  expect(tuneStart({ frozen: before, quick })).toEqual(start)
})
