import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { modelFile } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

test('recipe without a name lists the recipes, and which weights are here', () => {
  const cache = tempFolder()
  const { status, stdout } = runCli('recipe', '--json', '--cache', cache)
  expect(status).toBe(0)
  const { recipes } = JSON.parse(stdout)
  expect(recipes.map(({ name }: { name: string }) => name)).toEqual([
    'caltech-codes',
    'caltech-resnet50',
    'guitars-inception',
    'food-vgg16',
    'flowers-resnet18',
  ])
  expect(recipes[4]).toMatchObject({ dataset: 'flowers', networks: [{ model: 'resnet18', weights: { state: 'missing' } }] })
  expect(runCli('recipe', 'list', '--cache', cache).stdout).toContain('not here: resnet18-f37072fd.pth')
})

test.each([
  [['recipe', 'caltech'], 2, /^cnn-codes: Expected the recipe to be one of caltech-codes, .*, got "caltech"\.\n$/],
  [['recipe', '--data', 'photos'], 2, /^cnn-codes: Expected --data to be given with the name of a recipe, got "photos"\.\n$/],
  [['get-dataset', 'cifar'], 2, /^cnn-codes: Expected the data set to be one of caltech-101, flowers, food-101, got "cifar"\.\n$/],
  [
    ['get-dataset', 'flowers', '--from', '/nowhere/f.tgz'],
    2,
    /^cnn-codes: Expected --from to be the archive flower_photos\.tgz, got .*\n$/,
  ],
])('%j ends with one sentence', (args, code, message) => {
  const { status, stderr, stdout } = runCli(...args)
  expect([status, stdout]).toEqual([code, ''])
  expect(stderr).toMatch(message)
})

test('a recipe runs with random weights on generated images, and says that they stand in', () => {
  const cache = tempFolder()
  const args = ['--cache', cache, '--quick', '--model', 'squeezenet', '--weights', 'random']
  const { status, stdout, stderr } = runCli('recipe', 'caltech-resnet50', ...args)
  expect(status).toBe(0)
  expect(stdout).toContain("Deviates: The network's weights are random: accuracies mean nothing, and near-duplicates are not looked for.")
  expect(stdout).toContain(`Report: ${join(cache, 'recipes/caltech-resnet50-quick/report.md')}`)
  expect(stderr).toContain(
    'stood in for Caltech-101 without its background class. For the experiment itself: npm run get-dataset -- caltech-101, or --data FOLDER.',
  )
}, 60_000)

test('a recipe trains the layers of a network, and tells what it does otherwise', async () => {
  const given = ['--cache', tempFolder(), '--data', await twoClasses(8), '--model', modelFile(threeConvolutions()), '--quick']
  const { status, stdout, stderr } = runCli('recipe', 'guitars-inception', ...given)
  expect(status).toBe(0)
  expect(stdout).toMatch(/behind mixed4 too, by SGD +\d+\.\d\d +all test images, 6 images\n/)
  expect(stdout).toContain('by SGD": of net.onnx these are the last 3 layers, from middle on.')
  expect(stderr).toMatch(/\nepoch 1\/2: loss .*\nepoch 2\/2: loss .*\n.*by SGD.*\nepoch 1\/2: loss .*\nepoch 2\/2: loss /)
}, 60_000)

test('a recipe whose weight file is missing says so', () => {
  const [cache, data] = [tempFolder(), tempFolder()]
  mkdirSync(join(data, 'ant'))
  writeFileSync(join(data, 'ant/1.jpg'), 'no image')
  const { status, stderr } = runCli('recipe', 'flowers-resnet18', '--data', data, '--cache', cache, '--weights', join(data, 'none.pth'))
  expect(status).toBe(2)
  expect(stderr).toContain('Expected --weights to be a file with weights, found no file')
})
