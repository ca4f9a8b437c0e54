import { describe, expect, test } from 'vitest'
import { resolveHead } from '../../../src/evaluate/resolve-head.js'
import { planTail } from '../../../src/finetune/plan-tail.js'
import { parseAugment } from '../../../src/images/augment/parse-augment.js'
import { recipeOf, recipes } from '../../../src/recipes/published/recipes.js'
import { userErrorOf } from '../../helpers/thrown.js'

const parts = { classes: [], labels: new Int32Array(), targets: undefined, conflicts: [] }
const few = { train: new Int32Array(), validation: Int32Array.of(0), test: new Int32Array() }

describe.each(recipes.map((recipe) => [recipe.name, recipe] as const))('%s', (_, { networks, deviations, views }) => {
  const steps = networks.flatMap((network) => network.steps.map((step) => ({ step, network })))

  test('every head can be trained as it says', () => {
    for (const { step } of steps) {
      expect(resolveHead(step.options, { ...parts, ...few }, { labels: undefined }).solver).toBe(step.options.solver)
    }
  })

  test('every layer that is trained exists, and can be', async () => {
    for (const { step, network } of steps) {
      if (step.kind !== 'fine-tune') continue
      const { trained } = await planTail(network.model, { ...step.tail, size: 96, weights: 'random', keep: false })
      expect(trained.length).toBeGreaterThan(0)
    }
  })

  test('views are told in the one spelling that their codes are known by', () => {
    if (views) expect(parseAugment(views.augment).text).toBe(views.augment)
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
