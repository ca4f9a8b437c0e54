import { describe, expect, test } from 'vitest'
import { describeBackbone } from '../../../src/backbones/describe-backbone.js'
import { resolveHead } from '../../../src/evaluate/resolve-head.js'
import { recipeOf, recipes } from '../../../src/recipes/published/recipes.js'
import { userErrorOf } from '../../helpers/thrown.js'

const parts = { classes: [], labels: new Int32Array(), targets: undefined, conflicts: [] }
const few = { train: new Int32Array(), validation: Int32Array.of(0), test: new Int32Array() }

describe.each(recipes.map((recipe) => [recipe.name, recipe] as const))('%s', (_, { networks, deviations }) => {
  const steps = networks.flatMap((network) => network.steps.map((step) => ({ step, network })))

  test('every head can be trained as it says', () => {
    for (const { step } of steps) {
      if (step.kind === 'fine-tune') continue
      expect(resolveHead(step.options, { ...parts, ...few }, { labels: undefined }).solver).toBe(step.options.solver)
    }
  })

  test('every network and layer exists', async () => {
    for (const { step, network } of steps) {
      if (network.model === 'cnn7') continue // trained from scratch: it comes with fine-tuning
      const { layers } = await describeBackbone(network.model)
      const from = step.kind === 'fine-tune' && 'from' in step.tail ? step.tail.from : 'input'
      if (from !== 'input') expect(layers.map(({ name }) => name)).toContain(from)
    }
  })

  test('deviations are sentences', () => {
    expect(deviations.length).toBeGreaterThan(0)
    for (const sentence of deviations) expect(sentence).toMatch(/^\S.*\.$/)
  })
})

test('recipeOf names the recipes there are', async () => {
  const { message, exitCode } = await userErrorOf(() => recipeOf('caltech'))
  expect(message).toBe(
    'Expected the recipe to be one of caltech-codes, caltech-resnet50, guitars-inception, food-vgg16, flowers-resnet18, got "caltech".',
  )
  expect(exitCode).toBe(2)
})
