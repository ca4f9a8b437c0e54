import { expect, test } from 'vitest'
import { plannedNetworks } from '../../src/recipes/planned-networks.js'
import { recipeOf } from '../../src/recipes/published/recipes.js'

const sizeOf = ({ size }: { readonly size: number }) => size
const random = "The network's weights are random: accuracies mean nothing."

test('a weight file is that of the first network, random weights are those of all', () => {
  const weights = (given: string) => plannedNetworks(recipeOf('caltech-codes'), { sizeOf, weights: given }).map((one) => one.weights)
  expect(weights('my.h5')).toEqual(['my.h5', undefined])
  expect(weights('random')).toEqual(['random', 'random'])
  const [first] = plannedNetworks(recipeOf('caltech-codes'), { sizeOf, weights: 'random' })
  expect(first?.deviations).toEqual([random.replace('.', ', and near-duplicates are not looked for.')])
})

test('a network that is trained from scratch takes no weights, and stays where another takes the place of the first', () => {
  const [, scratch] = plannedNetworks(recipeOf('food-vgg16'), { sizeOf, weights: 'random', model: 'squeezenet' })
  expect(scratch).toMatchObject({ model: 'cnn7', insteadOf: undefined, size: 224, weights: undefined, deviations: [] })
})

test('a network in the place of another has its own size, and says so', () => {
  const [first] = plannedNetworks(recipeOf('flowers-resnet18'), { sizeOf, weights: 'random', model: 'squeezenet' })
  expect(first).toMatchObject({ model: 'squeezenet', insteadOf: 'resnet18', size: undefined, why: undefined })
  expect(first?.deviations).toEqual([
    'squeezenet takes the place of resnet18: at its own size instead of 192, resized by squish too.',
    random,
  ])
})

test('a smaller size is said, and a network that there is not is known before any work', () => {
  const recipe = recipeOf('guitars-inception')
  const [small] = plannedNetworks(recipe, { sizeOf: () => 96 })
  expect(small?.deviations).toEqual(['A quick run: inceptionv3 at 96 pixels instead of 299.'])
  const [unknown] = plannedNetworks({ ...recipe, networks: recipe.networks.map((one) => ({ ...one, model: 'cnn0' })) }, { sizeOf })
  expect(unknown?.why).toBe('there is no network cnn0 yet')
})
